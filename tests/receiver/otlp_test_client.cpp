#include "receiver/otlp_test_client.hpp"

#include <grpcpp/grpcpp.h>
#include <opentelemetry/proto/collector/logs/v1/logs_service.grpc.pb.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.grpc.pb.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ergon::receiver {
namespace {

namespace collector = opentelemetry::proto::collector;

std::string read_file(const std::string& path) {
  if (path.empty()) return {};
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<grpc::Channel> open_channel(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  // Each client has a connection of its own, so one test's backoff never slows the next.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (options.is_gzip) arguments.SetCompressionAlgorithm(GRPC_COMPRESS_GZIP);
  const auto target = "127.0.0.1:" + std::to_string(options.port);
  if (options.ca_file.empty()) {
    return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
  }
  const auto tls = grpc::SslCredentials(
      {read_file(options.ca_file), read_file(options.key_file), read_file(options.certificate_file)});
  return grpc::CreateCustomChannel(target, tls, arguments);
}

ExportResult result_from(const grpc::Status& status) {
  return {.code = status.error_code(), .message = status.error_message(), .details = status.error_details()};
}

}  // namespace

struct OtlpTestClient::Stubs {
  explicit Stubs(const ClientOptions& options)
      : timeout(options.timeout),
        channel(open_channel(options)),
        traces(collector::trace::v1::TraceService::NewStub(channel)),
        logs(collector::logs::v1::LogsService::NewStub(channel)),
        metrics(collector::metrics::v1::MetricsService::NewStub(channel)) {}

  template <class Response, class Stub, class Request>
  grpc::Status call(Stub& stub, const Request& request, Response& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    context.AddMetadata("x-test", "value");
    return stub.Export(&context, request, &response);
  }

  std::chrono::milliseconds timeout;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<collector::trace::v1::TraceService::Stub> traces;
  std::unique_ptr<collector::logs::v1::LogsService::Stub> logs;
  std::unique_ptr<collector::metrics::v1::MetricsService::Stub> metrics;
};

OtlpTestClient::OtlpTestClient(const ClientOptions& options) : stubs_(std::make_unique<Stubs>(options)) {}

OtlpTestClient::~OtlpTestClient() = default;

ExportResult OtlpTestClient::send(const collector::trace::v1::ExportTraceServiceRequest& request) {
  collector::trace::v1::ExportTraceServiceResponse response;
  auto result = result_from(stubs_->call(*stubs_->traces, request, response));
  result.rejected = response.partial_success().rejected_spans();
  result.partial_message = response.partial_success().error_message();
  return result;
}

ExportResult OtlpTestClient::send(const collector::logs::v1::ExportLogsServiceRequest& request) {
  collector::logs::v1::ExportLogsServiceResponse response;
  auto result = result_from(stubs_->call(*stubs_->logs, request, response));
  result.rejected = response.partial_success().rejected_log_records();
  result.partial_message = response.partial_success().error_message();
  return result;
}

ExportResult OtlpTestClient::send(const collector::metrics::v1::ExportMetricsServiceRequest& request) {
  collector::metrics::v1::ExportMetricsServiceResponse response;
  auto result = result_from(stubs_->call(*stubs_->metrics, request, response));
  result.rejected = response.partial_success().rejected_data_points();
  result.partial_message = response.partial_success().error_message();
  return result;
}

}  // namespace ergon::receiver
