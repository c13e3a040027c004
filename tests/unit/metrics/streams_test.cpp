#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

// Streams of views and readers, asked by hand.
namespace ergon::telemetry::test {
namespace {

using ergon::testing::find;
using ergon::testing::PointKind;
using ergon::testing::RecordedPoint;
using Buckets = std::vector<std::uint64_t>;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("streams");
}

MetricsPlan plan_of(TemporalityPreference temporality) {
  return {.readers = {ReaderPlan{.temporality = temporality}}};
}

TEST(DeltaReader, GetsWhatIsNew) {
  const PlanScope plan(plan_of(TemporalityPreference::delta));
  const auto counter = meter().counter("delta.counter");
  ManualReader reader;
  counter.add(3);
  EXPECT_EQ(reader.point_of("delta.counter").value, 3);
  EXPECT_TRUE(reader.point_of("delta.counter").name != "delta.counter") << "nothing new";
  counter.add(4);
  std::thread([&] { counter.add(5); }).join();
  const RecordedPoint point = reader.point_of("delta.counter");
  EXPECT_EQ(point.value, 9);
  EXPECT_TRUE(point.is_delta);
}

TEST(DeltaReader, HasAPointOfAZeroOnce) {
  const PlanScope plan(plan_of(TemporalityPreference::delta));
  meter().counter("delta.zero").add(0);
  ManualReader reader;
  EXPECT_EQ(reader.points_of("delta.zero").size(), 1U);
  EXPECT_EQ(reader.points_of("delta.zero").size(), 0U);
}

TEST(DeltaReader, GetsHistogramsOfItsInterval) {
  const PlanScope plan(plan_of(TemporalityPreference::delta));
  const auto histogram = meter().histogram("delta.histogram", {.boundaries = {10}});
  ManualReader reader;
  for (const double value : {1.0, 20.0, 30.0}) histogram.record(value);
  RecordedPoint point = reader.point_of("delta.histogram");
  EXPECT_EQ(point.buckets, (Buckets{1, 2}));
  EXPECT_EQ(point.minimum, 1);
  EXPECT_EQ(point.maximum, 30);
  for (const double value : {5.0, 6.0}) histogram.record(value);
  point = reader.point_of("delta.histogram");
  EXPECT_EQ(point.count, 2U);
  EXPECT_EQ(point.sum, 11);
  EXPECT_EQ(point.buckets, (Buckets{2, 0}));
  EXPECT_EQ(point.minimum, 5) << "of this interval, not of all time";
  EXPECT_EQ(point.maximum, 6);
  EXPECT_TRUE(reader.points_of("delta.histogram").empty());
  histogram.record(7);
  EXPECT_EQ(reader.point_of("delta.histogram").maximum, 7);
}

TEST(DeltaReader, GetsExponentialHistogramsOfItsInterval) {
  const PlanScope plan(MetricsPlan{.readers = {ReaderPlan{.temporality = TemporalityPreference::delta,
                                                          .has_exponential_histograms = true}}});
  const auto histogram = meter().histogram("delta.exponential");
  ManualReader reader;
  for (const double value : {1.0, 100.0, -3.0, 0.0}) histogram.record(value);
  RecordedPoint point = reader.point_of("delta.exponential");
  EXPECT_EQ(point.kind, PointKind::exponential_histogram);
  EXPECT_EQ(point.count, 4U);
  EXPECT_EQ(point.zero_count, 1U);
  EXPECT_EQ(point.negative.counts.size(), 1U);
  histogram.record(50);
  point = reader.point_of("delta.exponential");
  EXPECT_EQ(point.count, 1U);
  EXPECT_EQ(point.sum, 50);
  EXPECT_EQ(point.positive.counts, (Buckets{1}));
  EXPECT_TRUE(point.negative.counts.empty());
  EXPECT_EQ(point.minimum, 50);
}

TEST(DeltaReader, GetsNoInfiniteSum) {
  constexpr double kMost = std::numeric_limits<double>::max();
  for (const bool is_exponential : {false, true}) {
    const PlanScope plan(MetricsPlan{.readers = {ReaderPlan{.temporality = TemporalityPreference::delta,
                                                            .has_exponential_histograms = is_exponential}}});
    const std::string name = is_exponential ? "delta.far.exponential" : "delta.far.explicit";
    const auto histogram = meter().histogram(name);
    ManualReader reader;
    histogram.record(-kMost);
    EXPECT_EQ(reader.point_of(name).sum, -kMost);
    for (int i = 0; i < 2; ++i) histogram.record(kMost);
    EXPECT_EQ(reader.point_of(name).sum, kMost) << name << ": from one end of the range to the other";
  }
}

TEST(DeltaReader, GetsUpDownCountersCumulative) {
  const PlanScope plan(plan_of(TemporalityPreference::delta));
  const auto counter = meter().up_down_counter("delta.updown");
  ManualReader reader;
  counter.add(3);
  static_cast<void>(reader.point_of("delta.updown"));
  counter.add(-1);
  EXPECT_EQ(reader.point_of("delta.updown").value, 2);
  EXPECT_FALSE(reader.point_of("delta.updown").is_delta);
}

TEST(DeltaReader, OfALaterSessionBeginsThen) {
  const auto counter = meter().counter("delta.later");
  counter.add(100);
  MetricsPlan later = plan_of(TemporalityPreference::delta);
  later.begins_now = true;
  const PlanScope plan(later);
  ManualReader reader;
  counter.add(1);
  EXPECT_EQ(reader.point_of("delta.later").value, 1);
}

TEST(Readers, SeeTheSameEachInItsOwnTime) {
  const PlanScope plan(
      MetricsPlan{.readers = {ReaderPlan{.temporality = TemporalityPreference::delta}, ReaderPlan{},
                              ReaderPlan{.temporality = TemporalityPreference::delta}}});
  const auto counter = meter().counter("several.counter");
  const auto histogram = meter().histogram("several.histogram", {.boundaries = {10}});
  ManualReader often(0);
  ManualReader cumulative(1);
  ManualReader seldom(2);
  for (int i = 1; i <= 5; ++i) {
    counter.add(i);
    EXPECT_EQ(often.point_of("several.counter").value, i);
    histogram.record(i * 3);
    const RecordedPoint point = often.point_of("several.histogram");
    EXPECT_EQ(point.minimum, i * 3);
    EXPECT_EQ(point.maximum, i * 3);
  }
  EXPECT_EQ(cumulative.point_of("several.counter").value, 15);
  EXPECT_EQ(cumulative.point_of("several.histogram").buckets, (Buckets{3, 2}));
  const auto points = seldom.points_of("several.histogram");
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].count, 5U);
  EXPECT_EQ(points[0].minimum, 3);
  EXPECT_EQ(points[0].maximum, 15);
}

TEST(Views, RenameDescribeAndFilter) {
  const PlanScope plan(MetricsPlan{
      .views = {ViewPlan{.instrument_name = "view.f*",
                         .name = "renamed",
                         .filter = AttributeFilter{.has_included = true, .included = {"a", "b.*"}}}}});
  const auto counter = meter().counter("view.filtered");
  counter.add(1, {{"a", 1}, {"x", 1}});
  counter.add(2, {{"a", 1}, {"x", 2}});
  counter.add(4, {{"a", 1}, {"b.c", 2}});
  EXPECT_TRUE(points_of("view.filtered").empty());
  const auto points = points_of("renamed");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].value + points[1].value, 7);
  for (const RecordedPoint& point : points) EXPECT_EQ(find(point.attributes, "x"), "");
}

TEST(Views, DropKeysAndInstruments) {
  const PlanScope plan(MetricsPlan{
      .views = {ViewPlan{.instrument_name = "view.excludes", .filter = AttributeFilter{.excluded = {"x"}}},
                ViewPlan{.instrument_name = "view.dropped",
                         .aggregation = Aggregation{.kind = Aggregation::Kind::drop}}}});
  const auto counter = meter().counter("view.excludes");
  counter.add(1, {{"a", 1}, {"x", 1}});
  counter.add(2, {{"a", 1}, {"x", 2}});
  EXPECT_EQ(point_of("view.excludes").value, 3);
  const auto dropped = meter().counter("view.dropped");
  dropped.add(1);
  dropped.bind().add(1);
  EXPECT_FALSE(dropped.enabled());
  EXPECT_TRUE(points_of("view.dropped").empty());
}

TEST(Views, MakeSeveralStreamsOfOneInstrument) {
  const PlanScope plan(MetricsPlan{
      .views = {ViewPlan{.kind = detail::InstrumentKind::histogram,
                         .meter_name = "streams",
                         .name = "as.sum",
                         .aggregation = Aggregation{.kind = Aggregation::Kind::sum}},
                ViewPlan{.instrument_name = "VIEW.several",
                         .aggregation =
                             Aggregation{.kind = Aggregation::Kind::explicit_buckets, .boundaries = {2}}},
                ViewPlan{.instrument_name = "view.several",
                         .name = "exponential",
                         .aggregation = Aggregation{.kind = Aggregation::Kind::exponential_buckets}}}});
  const auto histogram = meter().histogram("view.several");
  const auto bound = histogram.bind({{"a", 1}});
  histogram.record(1, {{"a", 1}});
  bound.record(2);
  bound.record(3);
  EXPECT_EQ(point_of("as.sum").value, 6);
  EXPECT_EQ(point_of("view.several").buckets, (Buckets{2, 1}));
  EXPECT_EQ(point_of("exponential").count, 3U);
}

TEST(Views, LimitCardinality) {
  const PlanScope plan(
      MetricsPlan{.readers = {ReaderPlan{.cardinality_limit = 5}},
                  .views = {ViewPlan{.instrument_name = "view.limited", .cardinality_limit = 3}}});
  const auto limited = meter().counter("view.limited");
  const auto by_reader = meter().counter("reader.limited");
  for (int i = 0; i < 10; ++i) {
    limited.add(1, {{"id", i}});
    by_reader.add(1, {{"id", i}});
  }
  for (const auto& [name, limit] : {std::pair("view.limited", 3U), std::pair("reader.limited", 5U)}) {
    const auto points = points_of(name);
    EXPECT_EQ(points.size(), limit + 1);
    for (const RecordedPoint& point : points) {
      const bool is_overflow = find(point.attributes, "otel.metric.overflow") == "true";
      EXPECT_EQ(point.value, is_overflow ? 10 - limit : 1) << name;
    }
  }
}

TEST(AdvisoryAttributes, AreKeptWhereNoViewSaysOtherwise) {
  const auto counter = meter().counter("advised", {.attribute_keys = {"a"}});
  counter.add(1, {{"a", 1}, {"b", 1}});
  counter.add(2, {{"a", 1}, {"b", 2}});
  const RecordedPoint point = point_of("advised");
  EXPECT_EQ(point.value, 3);
  EXPECT_EQ(point.attributes.size(), 1U);
  const PlanScope plan(MetricsPlan{.views = {ViewPlan{.filter = AttributeFilter{}}}});
  counter.add(4, {{"a", 1}, {"b", 2}});
  EXPECT_EQ(point_of("advised").attributes.size(), 2U);
}

// No add is lost or doubled whatever readers do meanwhile.
TEST(Readers, AgreeInTheEndConcurrentSafe) {
  constexpr int kThreads = 3;
  constexpr int kAdds = 30'000;
  const PlanScope plan(
      MetricsPlan{.readers = {ReaderPlan{.temporality = TemporalityPreference::delta}, ReaderPlan{}}});
  const auto counter = meter().counter("agree.counter");
  const auto histogram = meter().histogram("agree.histogram", {.boundaries = {1, 2}});
  ManualReader delta(0);
  ManualReader cumulative(1);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kAdds; ++i) {
        counter.add(1, {{"id", i % 7}});
        histogram.record(i % 4);
      }
    });
  }
  double counted = 0;
  std::uint64_t recorded = 0;
  const auto collect = [&] {
    for (const RecordedPoint& point : delta.points_of("agree.counter")) counted += point.value;
    for (const RecordedPoint& point : cumulative.points_of("agree.histogram"))
      EXPECT_EQ(std::accumulate(point.buckets.begin(), point.buckets.end(), std::uint64_t{0}), point.count);
  };
  for (int i = 0; i < 50; ++i) collect();
  for (std::thread& thread : threads) thread.join();
  collect();
  EXPECT_EQ(counted, kThreads * kAdds);
  ManualReader late(0);
  for (const RecordedPoint& point : late.points_of("agree.histogram")) recorded += point.count;
  EXPECT_EQ(recorded, std::uint64_t{kThreads} * kAdds);
}

}  // namespace
}  // namespace ergon::telemetry::test
