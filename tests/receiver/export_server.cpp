#include "receiver/export_server.hpp"

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>
#include <opentelemetry/proto/collector/logs/v1/logs_service.grpc.pb.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.grpc.pb.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

// gRPC hides the encoding of a request from its users, and exports this for its own interoperability tests.
// Weak: a library without it only costs the "encoding" field.
__attribute__((weak)) grpc_compression_algorithm
grpc_call_test_only_get_compression_algorithm(grpc_call* call);

namespace ergon::receiver {
namespace {

using opentelemetry::proto::collector::logs::v1::LogsService;
using opentelemetry::proto::collector::metrics::v1::MetricsService;
using opentelemetry::proto::collector::trace::v1::TraceService;

constexpr int kMaxRequestBytes = 64 << 20;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string to_string(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  bytes.reserve(buffer.Length());
  if (buffer.Dump(&slices).ok()) {
    for (const auto& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

std::string encoding_of(grpc::CallbackServerContext& context) {
  if (&grpc_call_test_only_get_compression_algorithm == nullptr) return "unknown";
  const char* encoding = "unknown";
  const auto algorithm = grpc_call_test_only_get_compression_algorithm(context.c_call());
  grpc_compression_algorithm_name(algorithm, &encoding);
  return encoding;
}

RequestNote note_from(Signal signal, grpc::CallbackServerContext& context) {
  RequestNote note{.signal = signal};
  for (const auto& [key, value] : context.client_metadata()) {
    note.metadata.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
  }
  if (context.deadline() != std::chrono::system_clock::time_point::max()) {
    note.time_left = std::chrono::duration_cast<std::chrono::milliseconds>(context.deadline() -
                                                                           std::chrono::system_clock::now());
  }
  note.encoding = encoding_of(context);
  return note;
}

// Finishes one call, at once or when its alarm fires: no thread sleeps, so other calls go on. Owns itself.
class Answer final : public grpc::ServerUnaryReactor {
 public:
  Answer(const Reply& reply, grpc::ByteBuffer* response)
      : status_(static_cast<grpc::StatusCode>(reply.code), reply.message, reply.details) {
    const grpc::Slice body(reply.body);
    *response = grpc::ByteBuffer(&body, 1);
    if (reply.delay.count() == 0) {
      Finish(status_);
    } else {
      late_.Set(std::chrono::system_clock::now() + reply.delay, [this](bool) { Finish(status_); });
    }
  }

  void OnDone() override { delete this; }

 private:
  grpc::Status status_;
  grpc::Alarm late_;
};

// The raw form of a generated service hands over the request's bytes before anything decodes them.
template <class Generated>
class ExportService final
    : public Generated::template WithRawCallbackMethod_Export<typename Generated::Service> {
 public:
  using Raw = typename Generated::template WithRawCallbackMethod_Export<typename Generated::Service>;
  using Raw::Export;

  ExportService(Signal signal, Intake& intake) : signal_(signal), intake_(intake) {}

  grpc::ServerUnaryReactor* Export(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override {
    const Reply reply = intake_.receive(note_from(signal_, *context), to_string(*request));
    return new Answer(reply, response);
  }

 private:
  const Signal signal_;
  Intake& intake_;
};

std::shared_ptr<grpc::ServerCredentials> credentials(const ServerOptions& options) {
  if (options.certificate_file.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls;
  tls.pem_key_cert_pairs.push_back({read_file(options.key_file), read_file(options.certificate_file)});
  if (!options.client_ca_file.empty()) {
    tls.pem_root_certs = read_file(options.client_ca_file);
    tls.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(tls);
}

}  // namespace

struct ExportServer::Parts {
  explicit Parts(Intake& intake)
      : traces(Signal::traces, intake), logs(Signal::logs, intake), metrics(Signal::metrics, intake) {}

  ExportService<TraceService> traces;
  ExportService<LogsService> logs;
  ExportService<MetricsService> metrics;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

ExportServer::ExportServer(const ServerOptions& options, Intake& intake)
    : parts_(std::make_unique<Parts>(intake)) {
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  // Without this a second receiver would silently share the port of the first.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort("127.0.0.1:" + std::to_string(options.port), credentials(options), &parts_->port);
  builder.RegisterService(&parts_->traces);
  builder.RegisterService(&parts_->logs);
  builder.RegisterService(&parts_->metrics);
  parts_->server = builder.BuildAndStart();
  if (!parts_->server || parts_->port == 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1:" + std::to_string(options.port));
  }
}

ExportServer::~ExportServer() {
  if (parts_->server) parts_->server->Shutdown(std::chrono::system_clock::now());
}

std::uint16_t ExportServer::port() const { return static_cast<std::uint16_t>(parts_->port); }

}  // namespace ergon::receiver
