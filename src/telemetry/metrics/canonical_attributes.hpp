#pragma once

#include <string>
#include <string_view>

#include "telemetry/metrics/aggregation.hpp"
#include "telemetry/record/append_attribute.hpp"

namespace ergon::inline v0::telemetry {

/// The tag of attributes that do not stand in a data point yet.
inline constexpr AttributeTag kGivenTag = AttributeTag::number_point;

/// The encoded fields sorted by key, the last of each.
[[nodiscard]] std::string canonical_attributes(std::string_view encoded);

/// Those of canonical fields that the filter keeps, or those that it does not, under another tag.
[[nodiscard]] std::string filtered_attributes(std::string_view canonical, const AttributeFilter& filter,
                                              AttributeTag tag, bool keeps = true);

/// `otel.metric.overflow=true`.
[[nodiscard]] std::string overflow_attributes(AttributeTag tag);

}  // namespace ergon::inline v0::telemetry
