#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/ticks.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::telemetry {

/// Makes OTLP's Span message of a record: the fixed fields in front, the body's bytes copied as they are.
void encode_span(const SpanRecord& record, const base::WallClock& clock, std::string& out);

/// From the span's start to its end, as they are exported.
[[nodiscard]] std::chrono::nanoseconds duration_of(const SpanRecord& record, const base::WallClock& clock);

}  // namespace ergon::telemetry
