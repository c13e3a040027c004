#pragma once

#include <string>
#include <string_view>

#include "base/ticks.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::telemetry {

/// Makes OTLP's Span message of a record: the fixed fields in front, the body's bytes copied as they are.
void encode_span(const SpanRecord& record, const base::WallClock& clock, std::string& out);

}  // namespace ergon::telemetry
