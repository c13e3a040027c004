#pragma once

#include <string>
#include <string_view>

#include "base/ticks.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::telemetry {

/// Formats the record's message and appends OTLP's LogRecord message to `out`. A formatter that throws leaves
/// a note in the message; invalid UTF-8 is repaired.
void encode_log(const LogRecord& record, const base::WallClock& clock, std::string& out);
/// The same with a message that was formatted already.
void encode_log(const LogRecord& record, std::string_view message, const base::WallClock& clock,
                std::string& out);

/// OTLP's severity number of a level: TRACE 1, DEBUG 5, INFO 9, WARN 13, ERROR 17, FATAL 21.
[[nodiscard]] constexpr std::uint32_t severity_number(Level level) noexcept {
  return 1 + 4 * static_cast<std::uint32_t>(level);
}
[[nodiscard]] constexpr Level level_of_severity(std::uint64_t number) noexcept {
  return number == 0 ? Level::trace : static_cast<Level>((number - 1) / 4 < 5 ? (number - 1) / 4 : 5);
}

/// The name of a level in records and lines: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL.
[[nodiscard]] std::string_view level_name(Level level) noexcept;

/// The record's message as text.
[[nodiscard]] std::string format_message(const LogRecord& record);

}  // namespace ergon::telemetry
