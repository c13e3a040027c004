#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ticks.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::inline v0::telemetry {

/// Makes OTLP's Span message of a record: the fixed fields in front, the body's bytes copied as they are.
void encode_span(const SpanRecord& record, const base::WallClock& clock, std::string& out);

/// Other trace flags than the record's: behind what `encode_span` made they are the ones that count.
void append_trace_flags(const SpanRecord& record, std::uint8_t trace_flags, std::string& out);

/// The span's start and end, as they are exported.
[[nodiscard]] SpanTimes times_of(const SpanRecord& record, const base::WallClock& clock);

}  // namespace ergon::inline v0::telemetry
