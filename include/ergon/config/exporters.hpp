#pragma once

#include <string>

#include <ergon/config/custom.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/otlp_exporters.hpp>

namespace ergon::inline v0 {

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
using Exporter =
    OneOf<OtlpGrpcExporter, OtlpHttpExporter, OtlpFileExporter, ConsoleExporter, InMemoryExporter, Custom>;
extern template class OneOf<OtlpGrpcExporter, OtlpHttpExporter, OtlpFileExporter, ConsoleExporter,
                            InMemoryExporter, Custom>;

}  // namespace ergon::inline v0
