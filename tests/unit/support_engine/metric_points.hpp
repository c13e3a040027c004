#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ergon/testing/recording.hpp>

#include "base/wire.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/metrics/collector.hpp"
#include "telemetry/record/scope_registry.hpp"

namespace ergon::telemetry::test {

/// All points of the metrics of this name, collected now.
[[nodiscard]] inline std::vector<ergon::testing::RecordedPoint> points_of(std::string_view name) {
  std::string scopes;
  for (const CollectedMetric& metric : collect_metrics(1)) {
    std::string group;
    base::wire::append_field(group, 1, metric.scope->encoded);
    base::wire::append_field(group, 2, metric.message);
    base::wire::append_field(scopes, 2, group);
  }
  std::string request;
  base::wire::append_field(request, 1, scopes);
  std::vector<ergon::testing::RecordedPoint> points = read_points(request).points;
  std::erase_if(points, [&](const auto& point) { return point.name != name; });
  return points;
}

/// The one point of this metric.
[[nodiscard]] inline ergon::testing::RecordedPoint point_of(std::string_view name) {
  const auto points = points_of(name);
  return points.size() == 1 ? points.front()
                            : ergon::testing::RecordedPoint{.name = "not exactly one point", .value = -1};
}

}  // namespace ergon::telemetry::test
