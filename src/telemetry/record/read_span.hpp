#pragma once

#include <string_view>

#include <ergon/extend/span_data.hpp>

namespace ergon::inline v0::telemetry {

/// OTLP's Span message, or the fields of one that still has no more than a body. Without scope and resource.
/// What is malformed, which only a bug of ours could make, throws protozero's exceptions.
[[nodiscard]] SpanData read_span_data(std::string_view message);

/// A span that has not ended.
[[nodiscard]] SpanData read_live_span(const detail::LiveSpan& span);

/// Makes ready what the reading of live spans needs, so that no fork can find it half made.
void prepare_reading_of_live_spans();

}  // namespace ergon::inline v0::telemetry
