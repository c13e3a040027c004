#pragma once

#include <string_view>

#include <ergon/extend/metric_data.hpp>

namespace ergon::inline v0::telemetry {

/// OTLP's Metric, as we encode it, without scope and resource. What is malformed, which only a bug of ours
/// could make, throws protozero's exceptions.
[[nodiscard]] MetricData read_metric_data(std::string_view message);

}  // namespace ergon::inline v0::telemetry
