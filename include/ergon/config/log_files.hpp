#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ergon/config/level.hpp>

namespace ergon::inline v0 {

/// Whether a file that is there is gone on with. In YAML: `append`, `truncate`.
enum class FileMode : std::uint8_t { append, truncate };

/// Appends log records to a file. In YAML: `file`. Missing folders are made. The file is opened anew when it
/// was moved or removed (logrotate). What can't be written is dropped and counted (`non_retryable`), with one
/// diagnostic; the next batch tries again.
struct FileHandler {
  /// The handler's own threshold; a record must also pass `LoggingConfig::level`.
  Level level{Level::info};
  /// `text`, `json`, or a name in `LoggingConfig::formatters`.
  std::string formatter{"text"};
  /// Names in `LoggingConfig::filters`: a record must pass them all.
  std::vector<std::string> filters{};
  /// With `{pid}`, `{task}` and `{timestamp}` (of the process's start, 20260314T092653) filled in. The child
  /// of a fork has a file of its own: `.{pid}` is appended, with one diagnostic, where the name lacks it.
  std::string filename{};
  FileMode mode{FileMode::append};
  /// Of files that are made, in octal; the process's umask is taken off.
  std::string permissions{"0640"};
};

/// JSON, an object a line, to a file like `FileHandler`'s, or to standard output. In YAML: `json`.
struct JsonHandler {
  Level level{Level::info};
  std::string formatter{"json"};
  std::vector<std::string> filters{};
  /// Empty: standard output.
  std::string filename{};
  FileMode mode{FileMode::append};
  std::string permissions{"0640"};
};

/// A file that is put aside when it is full: `app.log` becomes `app.log.1`, that `app.log.2`, and so on. In
/// YAML: `rotating_file`. A second process that is given the same file writes to one of its own, `.{pid}`
/// appended.
struct RotatingFileHandler {
  Level level{Level::info};
  std::string formatter{"text"};
  std::vector<std::string> filters{};
  std::string filename{};
  /// No line is parted: only one that is longer than this makes a file longer.
  std::int64_t max_bytes{10'000'000};
  /// Files put aside that are kept; none: what is full is removed.
  std::int64_t backup_count{5};
  /// Of the file and those put aside together, the oldest of which are removed; 0: any number.
  std::int64_t max_total_bytes{0};
  FileMode mode{FileMode::append};
  std::string permissions{"0640"};
  /// The name of the `number`th file put aside, 1 the newest, in place of `filename.number`; its folder must
  /// be there. Called on telemetry's files thread.
  std::string (*backup_name)(const std::string& filename, std::int64_t number){nullptr};
};

/// When a new file begins. In YAML: `S`, `M`, `H`, `D`, `midnight`.
enum class RotateWhen : std::uint8_t {
  seconds,
  minutes,
  hours,
  days,      // of 24 hours; these four at whole multiples in UTC
  midnight,  // local, across changes of the clock
};

/// A file that is put aside when its time is over, by the times of the records: `app.log.2026-03-14`, with
/// hours, minutes and seconds as far as `when` needs them. In YAML: `timed_rotating_file`. A second process
/// that is given the same file writes to one of its own, `.{pid}` appended.
struct TimedRotatingFileHandler {
  Level level{Level::info};
  std::string formatter{"text"};
  std::vector<std::string> filters{};
  std::string filename{};
  RotateWhen when{RotateWhen::hours};
  /// A new file every so many of them.
  std::int64_t interval{1};
  /// Files put aside that are kept.
  std::int64_t backup_count{7};
  /// Also when the file is so long, then as `app.log.2026-03-14.1` and so on; 0: any length.
  std::int64_t max_bytes{0};
  /// Of the file and those put aside together, the oldest of which are removed; 0: any number.
  std::int64_t max_total_bytes{0};
  FileMode mode{FileMode::append};
  std::string permissions{"0640"};
  /// The name of the file put aside, in place of `filename.time`; `time` is as above, `2026-03-14` or
  /// `2026-03-14.1`, and is to stand in the name as it is, behind the last `/`: that is how files put aside
  /// are known. A name without it isn't used. The folder must be there. Called on telemetry's files thread.
  std::string (*backup_name)(const std::string& filename, const std::string& time){nullptr};
};

}  // namespace ergon::inline v0
