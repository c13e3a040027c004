#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/testing/recording.hpp>

#include "base/wire.hpp"
#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/metrics/callbacks.hpp"
#include "telemetry/metrics/collector.hpp"
#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/record/scope_registry.hpp"

namespace ergon::telemetry::test {

/// The points of these metrics, as a reader of the requests reads them.
[[nodiscard]] inline std::vector<ergon::testing::RecordedPoint> points_in(
    const std::vector<CollectedMetric>& metrics) {
  std::string scopes;
  for (const CollectedMetric& metric : metrics) {
    std::string group;
    base::wire::append_field(group, 1, metric.scope->encoded);
    base::wire::append_field(group, 2, metric.message);
    base::wire::append_field(scopes, 2, group);
  }
  std::string request;
  base::wire::append_field(request, 1, scopes);
  return read_points(request).points;
}

/// All points of the metrics of this name, collected now, for the first reader of the plan.
[[nodiscard]] inline std::vector<ergon::testing::RecordedPoint> points_of(std::string_view name) {
  std::vector<ergon::testing::RecordedPoint> points = points_in(MetricCollector(0).collect(1));
  std::erase_if(points, [&](const auto& point) { return point.name != name; });
  return points;
}

/// The plan of metrics for the time of a test; before and after it that of a process without a session.
class PlanScope {
 public:
  explicit PlanScope(MetricsPlan plan) { InstrumentRegistry::instance().configure(std::move(plan)); }
  PlanScope(const PlanScope&) = delete;
  PlanScope& operator=(const PlanScope&) = delete;
  ~PlanScope() { InstrumentRegistry::instance().configure({}); }
};

/// A reader that is asked by hand.
class ManualReader {
 public:
  explicit ManualReader(std::uint32_t reader = 0) : collector_(reader) {}

  /// Calls the callbacks, collects, and answers the points of the metrics of this name; those of others are
  /// gone.
  [[nodiscard]] std::vector<ergon::testing::RecordedPoint> points_of(std::string_view name) {
    std::vector<ergon::testing::RecordedPoint> points = all_points();
    std::erase_if(points, [&](const auto& point) { return point.name != name; });
    return points;
  }
  [[nodiscard]] std::vector<ergon::testing::RecordedPoint> all_points() {
    ObservedValues observed;
    for (const auto& callback : CallbackRegistry::instance().all()) {
      detail::Observations own(*callback);
      callback->call(own);
      observed.add(own.values());
    }
    return points_in(collector_.collect(++now_, observed));
  }
  /// The one point of this metric.
  [[nodiscard]] ergon::testing::RecordedPoint point_of(std::string_view name) {
    const auto points = points_of(name);
    return points.size() == 1 ? points.front()
                              : ergon::testing::RecordedPoint{.name = "not exactly one point", .value = -1};
  }

 private:
  MetricCollector collector_;
  std::uint64_t now_{1};
};

/// The one point of this metric.
[[nodiscard]] inline ergon::testing::RecordedPoint point_of(std::string_view name) {
  const auto points = points_of(name);
  return points.size() == 1 ? points.front()
                            : ergon::testing::RecordedPoint{.name = "not exactly one point", .value = -1};
}

}  // namespace ergon::telemetry::test
