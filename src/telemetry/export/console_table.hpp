#pragma once

#include <string>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

/// What the console shows of metrics, made from the bytes that would go to a Collector: a line with service
/// and time, then a table with a row for each point, of those columns that have anything. A number that tells
/// of what is new since the last collection has a `+`. p50 and p95 are estimated from buckets. A name can't
/// forge a line: control bytes are escaped.
///
///     [metrics] service=orders time=2026-03-14 09:26:53
///       metric           attributes    value  count   sum   min   max   p50   p95  unit
///       orders.charged   currency=EUR      7                                      {order}
///       charge.duration                           2  0.75  0.25  0.50  0.25  0.49  s
[[nodiscard]] std::string points_as_table(const ExportBatch& batch);

}  // namespace ergon::inline v0::telemetry
