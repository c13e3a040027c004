#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <ergon/config/exporters.hpp>
#include <ergon/config/level.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/resource_attributes.hpp>

namespace ergon {

/// The form of a log line: `text` for people, `json` (one object a line) for programs.
enum class LogFormat : std::uint8_t { text, json };

/// Standard output or standard error. In YAML: `stdout`, `stderr`.
enum class ConsoleStream : std::uint8_t { out, err };

/// Writes log records to the console. In YAML: `console`.
struct ConsoleHandler {
  /// The handler's own threshold; a record must also pass `LoggingConfig::level`.
  Level level{Level::info};
  LogFormat formatter{LogFormat::text};
  ConsoleStream stream{ConsoleStream::out};
};

/// Collects log records and exports them together, away from the caller's thread. In YAML: `batch`.
struct BatchLogProcessor {
  /// The longest that a record waits for its batch to fill.
  std::chrono::milliseconds schedule_delay{1'000};
  /// Records in one export request, at most.
  std::int64_t max_export_batch_size{512};
  /// Records that wait for a batch or are on their way, at most; more are dropped (`queue_full`), or wait
  /// under `on_full: block`. Batches are no larger. None: bytes are what is limited (`memory_limit`).
  std::optional<std::int64_t> max_queue_size{};
  Exporter exporter{};
};

/// Exports each record on the thread that logs it, before the call returns: for debugging. In YAML: `simple`.
struct SimpleLogProcessor {
  Exporter exporter{};
};

/// What happens to log records on their way to a backend. In YAML a map with one key: `{batch: {exporter:
/// …}}`.
using LogProcessor = OneOf<BatchLogProcessor, SimpleLogProcessor>;
extern template class OneOf<BatchLogProcessor, SimpleLogProcessor>;

/// Sends log records to a backend. In YAML: `otlp`.
/// `exporter: X` is short for `processors: [{batch: {exporter: X}}]`, so only one of the two may be given;
/// with neither, records go in batches to a default `OtlpGrpcExporter`.
struct OtlpHandler {
  /// The handler's own threshold; a record must also pass `LoggingConfig::level`.
  Level level{Level::info};
  std::optional<Exporter> exporter{};
  std::vector<LogProcessor> processors{};
};

/// A destination of log records. In YAML a map with one key: `{console: {formatter: json}}`.
using Handler = OneOf<ConsoleHandler, OtlpHandler>;
extern template class OneOf<ConsoleHandler, OtlpHandler>;

namespace detail {

ERGON_API std::vector<Handler> default_handlers();

}  // namespace detail

/// Logs. The default is readable lines on standard output, of all that passes `level`. In YAML: `logging`.
struct LoggingConfig {
  /// The threshold of all loggers: what is below costs the program next to nothing.
  Level level{Level::info};
  /// By default `ConsoleHandler{.level = Level::trace}`.
  std::vector<Handler> handlers = detail::default_handlers();
  /// Attributes of the resource for this signal only.
  ResourceAttributes resource{};
};

}  // namespace ergon
