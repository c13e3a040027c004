#pragma once

#include <optional>

#include <ergon/extend/metric_data.hpp>

namespace ergon::inline v0::telemetry {

/// About which value the given share (0 to 1) of the measurements were at or below, as if they lay evenly
/// within their buckets; nothing where the buckets don't tell. Buckets without an end end at the extremes, or
/// else the first begins at 0, if that is below its bound, and the last has nothing above its bound.
[[nodiscard]] std::optional<double> estimated_quantile(const HistogramData& histogram, double share);
[[nodiscard]] std::optional<double> estimated_quantile(const ExponentialHistogramData& histogram,
                                                       double share);

}  // namespace ergon::inline v0::telemetry
