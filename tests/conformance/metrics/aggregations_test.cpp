// metrics/sdk.md: default, sum and last value aggregation, chosen by views; metrics/data-model.md: start
// times of series.
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>

#include "conformance/metrics/collected.hpp"

namespace ergon::test {
namespace {

constexpr std::uint64_t kClockError =
    1'000'000;  // nanoseconds, between the clock of records and the system's

Meter meter() { return get_meter("conformance.aggregations"); }

TelemetryConfig with_aggregation(AggregationConfig aggregation) {
  return with_metrics({.views = {View{.selector = {.meter_name = "conformance.aggregations"},
                                      .stream = {.aggregation = std::move(aggregation)}}}});
}

// Measured in another SDK: the opposite.
TEST(SumAggregationClause, IsMonotonicOfWhatCannotFall) {
  MemorySession session(with_aggregation(SumAggregation{}));
  meter().histogram("sum.histogram").record(2.5);
  meter().gauge("sum.gauge").record(3);
  meter().up_down_counter("sum.updown").add(-4);
  meter().counter("sum.counter").add(5);
  const auto metrics = collect_all(session);
  EXPECT_TRUE(metrics.at("sum.histogram").sum().is_monotonic());
  EXPECT_TRUE(metrics.at("sum.counter").sum().is_monotonic());
  EXPECT_FALSE(metrics.at("sum.gauge").sum().is_monotonic());
  EXPECT_FALSE(metrics.at("sum.updown").sum().is_monotonic());
  EXPECT_EQ(metrics.at("sum.gauge").sum().data_points(0).as_double(), 3);
}

TEST(LastValueAggregationClause, MakesAGaugeOfAnyInstrument) {
  MemorySession session(with_aggregation(LastValueAggregation{}));
  const auto counter = meter().counter("last.counter");
  counter.add(5);
  counter.add(2);
  const auto histogram = meter().histogram("last.histogram");
  histogram.record(7);
  histogram.record(1.5);
  const auto metrics = collect_all(session);
  ASSERT_TRUE(metrics.at("last.counter").has_gauge());
  EXPECT_EQ(metrics.at("last.counter").gauge().data_points(0).as_int(), 2);
  ASSERT_TRUE(metrics.at("last.histogram").has_gauge());
  EXPECT_EQ(metrics.at("last.histogram").gauge().data_points(0).as_double(), 1.5);
}

TEST(DefaultAggregationClause, IsByTheKindOfInstrument) {
  MemorySession session(with_aggregation(DefaultAggregation{}));
  meter().counter("default.counter").add(1);
  meter().up_down_counter("default.updown").add(1);
  meter().gauge("default.gauge").record(1);
  meter().histogram("default.histogram").record(1);
  const auto metrics = collect_all(session);
  EXPECT_TRUE(metrics.at("default.counter").has_sum());
  EXPECT_TRUE(metrics.at("default.updown").has_sum());
  EXPECT_TRUE(metrics.at("default.gauge").has_gauge());
  ASSERT_TRUE(metrics.at("default.histogram").has_histogram());
  EXPECT_EQ(metrics.at("default.histogram").histogram().data_points(0).explicit_bounds_size(), 15);
}

TEST(SeriesStart, IsTheFirstMeasurementOfTheSeries) {
  MemorySession session;
  const auto counter = meter().counter("series.start");
  counter.add(1, {{"a", 1}});
  const auto first = collect_one(session, "series.start").sum();
  counter.add(1, {{"a", 2}});
  const auto second = collect_one(session, "series.start").sum();
  ASSERT_EQ(second.data_points_size(), 2);
  for (const auto& point : second.data_points()) {
    const bool is_old = value_of(point.attributes(), "a").int_value() == 1;
    if (is_old) {
      EXPECT_EQ(point.start_time_unix_nano(), first.data_points(0).start_time_unix_nano());
    } else {
      EXPECT_GE(point.start_time_unix_nano() + kClockError, first.data_points(0).time_unix_nano());
    }
    EXPECT_LE(point.start_time_unix_nano(), point.time_unix_nano());
  }
}

TEST(SeriesStart, OfAGaugeIsNone) {
  MemorySession session;
  meter().gauge("gauge.start").record(1);
  EXPECT_EQ(collect_one(session, "gauge.start").gauge().data_points(0).start_time_unix_nano(), 0U);
}

}  // namespace
}  // namespace ergon::test
