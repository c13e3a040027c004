#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "telemetry/metrics/instrument_registry.hpp"

namespace ergon::telemetry {

/// One metric, or a part of a large one, as OTLP's Metric message with its data points, cumulative.
struct CollectedMetric {
  const detail::Scope* scope;
  std::string message;
  std::uint64_t points;
};

/// Adds up the cells of all threads. Any one thread at a time.
[[nodiscard]] std::vector<CollectedMetric> collect_metrics(std::uint64_t now_unix_nanoseconds);

/// In the child of a fork, before it has threads and with the registry's lock held by this thread: all series
/// begin anew.
void reset_metrics_in_child(std::uint64_t now_unix_nanoseconds);

}  // namespace ergon::telemetry
