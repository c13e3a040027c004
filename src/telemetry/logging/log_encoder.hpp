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

/// The record's message as text.
[[nodiscard]] std::string format_message(const LogRecord& record);

/// Appends the attribute of a record that was held back until its transaction failed.
void append_replayed(std::string& out);

}  // namespace ergon::telemetry
