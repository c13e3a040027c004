#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/exporters.hpp>
#include <ergon/config/level.hpp>
#include <ergon/config/log_files.hpp>
#include <ergon/config/log_filters.hpp>
#include <ergon/config/log_formatters.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/resource_config.hpp>

namespace ergon::inline v0 {

/// Standard output or standard error. In YAML: `stdout`, `stderr`.
enum class ConsoleStream : std::uint8_t { out, err };

/// Writes log records to the console. A pipe that nobody reads costs no time: what it does not take waits in
/// memory, and what finds none is dropped and counted (`queue_full`), with one diagnostic. In YAML:
/// `console`.
struct ConsoleHandler {
  /// The handler's own threshold; a record must also pass `LoggingConfig::level`.
  Level level{Level::info};
  /// `text`, with colours on a terminal (not with NO_COLOR set or TERM=dumb), `json`, or a name in
  /// `LoggingConfig::formatters`.
  std::string formatter{"text"};
  /// Names in `LoggingConfig::filters`: a record must pass them all.
  std::vector<std::string> filters{};
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
  /// As of BatchSpanProcessor.
  std::optional<std::chrono::milliseconds> export_timeout{};
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
  /// Names in `LoggingConfig::filters`: a record must pass them all.
  std::vector<std::string> filters{};
  std::optional<Exporter> exporter{};
  std::vector<LogProcessor> processors{};
};

/// A handler of the program's own (`LogHandler`) that takes only a part of the records; one that takes them
/// all needs no more than its name. In YAML: `custom: {level: error, handler: {mine: {options}}}`.
struct CustomHandler {
  /// The handler's own threshold; a record must also pass `LoggingConfig::level`.
  Level level{Level::info};
  /// Names in `LoggingConfig::filters`: a record must pass them all.
  std::vector<std::string> filters{};
  OneOf<Custom> handler{};
};
extern template class OneOf<Custom>;

/// A destination of log records. In YAML a map with one key: `{console: {formatter: json}}`; one of the
/// program's own (`LogHandler`) by the name that it is registered under, or in a `CustomHandler`.
using Handler = OneOf<ConsoleHandler, FileHandler, JsonHandler, RotatingFileHandler, TimedRotatingFileHandler,
                      OtlpHandler, CustomHandler, Custom>;
extern template class OneOf<ConsoleHandler, FileHandler, JsonHandler, RotatingFileHandler,
                            TimedRotatingFileHandler, OtlpHandler, CustomHandler, Custom>;

/// Records that their loggers' levels keep out are held back instead while their transaction is under way:
/// the spans below one local root. Should it fail, because that span ends with the status `error` (which only
/// spans have that are recorded) or one of its records is of level `error` or above, they are emitted in the
/// order in which they were made, behind what has been emitted since, and those that follow at once. They
/// have the attribute `ergon.log.replayed` and go to every handler that takes errors, whatever its own
/// `level`; its filters see the level that they have. In a crash all transactions under way have failed. What
/// ends well, or has not ended at the session's end, is never formatted, and counts as sampled out. What is
/// logged outside of a transaction is not held back. In YAML: `on_error`.
///
/// A call that is held back costs as much as one that is emitted, and `Logger::enabled` answers true wherever
/// one might be. What waits takes at most a thirty-second of the memory limit; the transaction that has
/// waited longest makes room, its records dropped (`keep_full`).
struct ReplayOnError {
  /// The lowest level of what is held back; loggers that are `off` stay so.
  Level replay{Level::debug};
  /// The last so many records of each transaction.
  std::int64_t keep{200};
};

namespace detail {

ERGON_API std::vector<Handler> default_handlers();

}  // namespace detail

/// What a log record may have; attributes beyond it are left out and counted on the record, values are cut,
/// those nested too deep are empty (specification: logs/sdk.md#logrecord-limits). The message has no limit.
/// In YAML: `limits`.
struct LogRecordLimits {
  /// In characters for strings, in bytes for bytes; those inside of arrays and maps, too. None: any length.
  std::optional<std::int64_t> attribute_value_length_limit{};
  /// How deep arrays and maps may be nested; 30 at most.
  std::int64_t attribute_value_depth_limit{30};
  std::int64_t attribute_count_limit{128};
};

/// Logs. The default is readable lines on standard output, of all that passes `level`. In YAML: `logging`.
struct LoggingConfig {
  /// The threshold of loggers that have no other: what is below costs the program next to nothing.
  Level level{Level::info};
  /// Of loggers by name, and of those below them: `{{"orders", Level::warning}, {"orders.payments",
  /// Level::debug}}` is for `orders.payments`, `orders.payments.card` and so on the second, for `orders` and
  /// `orders.mail` the first. The longest that fits counts. `Session::set_level` changes them later.
  std::map<std::string, Level> levels{};
  /// Whether records say where in the program they were made, by the attributes `code.file.path`,
  /// `code.line.number` and `code.function.name` of the semantic conventions. Calls cost the same either way.
  bool source{false};
  LogRecordLimits limits{};
  /// By default `ConsoleHandler{.level = Level::trace}`.
  std::vector<Handler> handlers = detail::default_handlers();
  /// Lines of other forms than `text` and `json`, by the names that handlers use; one of these names is in
  /// place of what is built in.
  std::map<std::string, LogFormatter> formatters{};
  /// Which records a handler takes, by the names that handlers use.
  std::map<std::string, LogFilterConfig> filters{};
  /// Records of this level and above don't wait for their batch to fill: they go at once, within a tenth of a
  /// second, and all that waits before them with them.
  Level flush_on{Level::error};
  /// Not given: what is below the loggers' levels is left out, whatever becomes of the transaction.
  std::optional<ReplayOnError> on_error{};
  /// Of the resource, for this signal only.
  ResourceConfig resource{};
};

}  // namespace ergon::inline v0
