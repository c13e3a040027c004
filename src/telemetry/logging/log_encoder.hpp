#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ticks.hpp"
#include "telemetry/logging/log_view.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::inline v0::telemetry {

/// A record with what was made of it.
struct LogContent {
  const LogRecord& record;
  std::string_view text;    // its message
  std::string_view fields;  // of OTLP's LogRecord: its attributes and event name, and attributes of ours
  std::uint64_t unix_nanoseconds;
};

/// Appends OTLP's LogRecord.
void encode_log(const LogContent& log, std::string& out);
/// The same as is seen of that message, without it; but for what is not the record's: the logger's name.
[[nodiscard]] LogView view_log(const LogContent& log);

/// When the record was made, in nanoseconds of Unix time.
[[nodiscard]] std::uint64_t time_of(const LogRecord& record, const base::WallClock& clock);

/// Formats messages. One thread.
class MessageText {
 public:
  /// The record's message, until the next call. A formatter that throws leaves a note in it; invalid UTF-8 is
  /// repaired.
  [[nodiscard]] std::string_view format(const LogRecord& record);

 private:
  fmt::memory_buffer buffer_;
  std::string repaired_;
};

/// Appends the attribute of a record that was held back until its transaction failed.
void append_replayed(std::string& out);

}  // namespace ergon::inline v0::telemetry
