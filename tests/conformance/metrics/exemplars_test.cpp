// metrics/sdk.md: exemplars.
#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "conformance/metrics/collected.hpp"

namespace ergon::test {
namespace {

Meter meter() { return get_meter("conformance.exemplars"); }

template <class Id>
std::string bytes_of(const Id& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

TEST(ExemplarFilterClause, TakesMeasurementsOfSampledSpansByDefault) {
  MemorySession session;
  const auto counter = meter().counter("trace.based");
  counter.add(1);
  EXPECT_EQ(collect_one(session, "trace.based").sum().data_points(0).exemplars_size(), 0);
  SpanContext context;
  {
    const auto span = get_tracer("t").scoped_span("work");
    context = span.context();
    counter.add(5);
  }
  const auto point = collect_one(session, "trace.based").sum().data_points(0);
  ASSERT_EQ(point.exemplars_size(), 1);
  EXPECT_EQ(point.exemplars(0).as_int(), 5);
  EXPECT_EQ(point.exemplars(0).trace_id(), bytes_of(context.trace_id));
  EXPECT_EQ(point.exemplars(0).span_id(), bytes_of(context.span_id));
  EXPECT_GT(point.exemplars(0).time_unix_nano(), point.start_time_unix_nano());
  EXPECT_EQ(collect_one(session, "trace.based").sum().data_points(0).exemplars_size(), 0)
      << "each is told of once";
}

TEST(ExemplarFilterClause, TakesNoneOfSpansThatAreNotSampled) {
  TelemetryConfig config = everything();
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  const auto span = get_tracer("t").scoped_span("work");
  meter().counter("not.sampled").add(1);
  EXPECT_EQ(collect_one(session, "not.sampled").sum().data_points(0).exemplars_size(), 0);
}

TEST(ExemplarFilterClause, TakesAllOrNoneWhereItIsSo) {
  for (const ExemplarFilter filter : {ExemplarFilter::always_on, ExemplarFilter::always_off}) {
    MemorySession session(with_metrics({.exemplar_filter = filter}));
    const auto counter = meter().counter("all.or.none");
    counter.add(1);
    const int outside = collect_one(session, "all.or.none").sum().data_points(0).exemplars_size();
    const auto span = get_tracer("t").scoped_span("work");
    counter.add(1);
    const int inside = collect_one(session, "all.or.none").sum().data_points(0).exemplars_size();
    const int expected = filter == ExemplarFilter::always_on ? 1 : 0;
    EXPECT_EQ(outside, expected);
    EXPECT_EQ(inside, expected);
  }
}

TEST(ExemplarReservoirClause, HasOneForEachExplicitBucket) {
  MemorySession session;
  const auto histogram = meter().histogram("by.bucket", {.boundaries = {10, 20}});
  const auto span = get_tracer("t").scoped_span("work");
  for (int i = 0; i < 20; ++i) histogram.record(i);
  const auto point = collect_one(session, "by.bucket").histogram().data_points(0);
  ASSERT_EQ(point.exemplars_size(), 2);
  EXPECT_LE(point.exemplars(0).as_double(), 10);
  EXPECT_GT(point.exemplars(1).as_double(), 10);
}

TEST(ExemplarReservoirClause, HasUpToTwentyOfExponentialBuckets) {
  const OtlpGrpcMetricExporter exporter{.default_histogram_aggregation =
                                            HistogramAggregation::exponential_buckets};
  MemorySession session(with_metrics({.readers = {PeriodicReader{.exporter = exporter}}}));
  const auto histogram = meter().histogram("of.exponential");
  const auto span = get_tracer("t").scoped_span("work");
  for (int i = 1; i <= 500; ++i) histogram.record(i);
  const auto point = collect_one(session, "of.exponential").exponential_histogram().data_points(0);
  EXPECT_EQ(point.exemplars_size(), 20);
}

// Each of 50 measurements stays in about one of 50 collections.
TEST(ExemplarReservoirClause, IsFairToAllMeasurements) {
  MemorySession session;
  const auto counter = meter().counter("fair");
  const auto span = get_tracer("t").scoped_span("work");
  std::set<std::int64_t> seen;
  for (int round = 0; round < 60; ++round) {
    for (int i = 1; i <= 50; ++i) counter.add(i);
    seen.insert(collect_one(session, "fair").sum().data_points(0).exemplars(0).as_int());
  }
  EXPECT_GT(seen.size(), 15U);
}

TEST(ExemplarClause, HasTheAttributesThatTheViewDropped) {
  MemorySession session(
      with_metrics({.views = {View{.selector = {.instrument_name = "drops"},
                                   .stream = {.attribute_keys = AttributeKeys{.excluded = {"order.id"}}}}}}));
  const auto span = get_tracer("t").scoped_span("work");
  meter().counter("drops").add(1, {{"currency", "EUR"}, {"order.id", "o-1"}});
  const auto point = collect_one(session, "drops").sum().data_points(0);
  EXPECT_EQ(point.attributes_size(), 1);
  ASSERT_EQ(point.exemplars_size(), 1);
  EXPECT_EQ(value_of(point.exemplars(0).filtered_attributes(), "order.id").string_value(), "o-1");
}

TEST(ExemplarClause, IsOfGaugesAndBoundInstrumentsToo) {
  MemorySession session;
  const auto gauge = meter().gauge<std::int64_t>("of.gauge");
  const auto bound = meter().counter("of.bound").bind({{"a", 1}});
  const auto span = get_tracer("t").scoped_span("work");
  gauge.record(4);
  bound.add(6);
  const auto metrics = collect_all(session);
  ASSERT_EQ(metrics.at("of.gauge").gauge().data_points(0).exemplars_size(), 1);
  EXPECT_EQ(metrics.at("of.gauge").gauge().data_points(0).exemplars(0).as_int(), 4);
  ASSERT_EQ(metrics.at("of.bound").sum().data_points(0).exemplars_size(), 1);
  EXPECT_EQ(metrics.at("of.bound").sum().data_points(0).exemplars(0).as_int(), 6);
}

}  // namespace
}  // namespace ergon::test
