#pragma once

#include <opentelemetry/proto/collector/logs/v1/logs_service.pb.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace ergon::receiver {

struct ClientOptions {
  std::uint16_t port = 0;
  std::string ca_file{};  // empty: without TLS
  std::string certificate_file{};
  std::string key_file{};
  bool is_gzip = false;
  std::chrono::milliseconds timeout{20'000};
};

struct ExportResult {
  int code = 0;
  std::string message{};
  std::string details{};  // grpc-status-details-bin
  std::int64_t rejected = 0;
  std::string partial_message{};
};

/// grpc++'s generated stubs against 127.0.0.1: a client that shares nothing with Ergon's.
class OtlpTestClient {
 public:
  explicit OtlpTestClient(const ClientOptions& options);
  ~OtlpTestClient();

  ExportResult send(const opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest& request);
  ExportResult send(const opentelemetry::proto::collector::logs::v1::ExportLogsServiceRequest& request);
  ExportResult send(const opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest& request);

 private:
  struct Stubs;
  std::unique_ptr<Stubs> stubs_;
};

}  // namespace ergon::receiver
