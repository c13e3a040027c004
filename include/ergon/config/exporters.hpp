#pragma once

#include <chrono>
#include <string>

#include <ergon/config/custom.hpp>
#include <ergon/config/one_of.hpp>

namespace ergon {

/// How the server's certificate is checked, for `https://` endpoints. Other endpoints ignore it.
struct TlsConfig {
  /// PEM file with the certificate authorities to trust. Empty: those of the system.
  std::string ca_file{};
};

/// Sends to an OTLP backend (an OpenTelemetry Collector, say) over gRPC. In YAML: `otlp_grpc`.
/// What can't be sent is retried where the protocol allows it, then dropped and counted; the program never
/// waits.
struct OtlpGrpcExporter {
  /// `http://host:port` in clear text, `https://host:port` with TLS.
  std::string endpoint{"http://localhost:4317"};
  /// The limit of one attempt, not of all its retries; 0 is no limit.
  std::chrono::milliseconds timeout{10'000};
  TlsConfig tls{};
};

/// Writes to standard output, for people. In YAML: `console`. Spans are shown as trees, one for each trace in
/// a batch, in colour on a terminal (not with NO_COLOR set or TERM=dumb); logs as lines.
struct ConsoleExporter {};

/// Keeps everything in the memory of the process, for tests: `testing::InMemoryStore` of the same name reads
/// it (`<ergon/testing/in_memory_store.hpp>`). At most 64 MiB in all stores; what comes then is dropped and
/// counted (`queue_full`). In YAML: `in_memory`.
struct InMemoryExporter {
  /// Exporters and readers of one name share what is kept.
  std::string store{"default"};
};

/// Where a batch of telemetry goes. Described here, built by each process for itself. In YAML a map with one
/// key: `exporter: {otlp_grpc: {endpoint: "http://collector:4317"}}`; one of the program's own
/// (`TelemetryExporter`) by the name that it is registered under.
using Exporter = OneOf<OtlpGrpcExporter, ConsoleExporter, InMemoryExporter, Custom>;
extern template class OneOf<OtlpGrpcExporter, ConsoleExporter, InMemoryExporter, Custom>;

}  // namespace ergon
