// What another SDK was measured or reported to get wrong, beyond the one test of its clause.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>

#include "conformance/metrics/collected.hpp"

namespace ergon::test {
namespace {

Meter meter() { return get_meter("conformance.faults"); }

TEST(ReaderShutdown, DeliversTheLastValuesOfEveryKind) {
  const auto observable = meter().observable_counter("last.observable");
  const auto registration = observable.observe([](const Observer<std::int64_t>& o) { o.observe(6); });
  MemorySession session;
  meter().counter("last.counter").add(1);
  meter().up_down_counter("last.updown").add(-2);
  meter().gauge("last.gauge").record(3);
  meter().histogram("last.histogram").record(4);
  meter().counter("last.bound").bind({{"a", 1}}).add(5);
  EXPECT_TRUE(session.stop());
  const auto metrics = collect_all(session);
  EXPECT_EQ(metrics.at("last.counter").sum().data_points(0).as_int(), 1);
  EXPECT_EQ(metrics.at("last.updown").sum().data_points(0).as_int(), -2);
  EXPECT_EQ(metrics.at("last.gauge").gauge().data_points(0).as_double(), 3);
  EXPECT_EQ(metrics.at("last.histogram").histogram().data_points(0).sum(), 4);
  EXPECT_EQ(metrics.at("last.bound").sum().data_points(0).as_int(), 5);
  EXPECT_EQ(metrics.at("last.observable").sum().data_points(0).as_int(), 6);
}

TEST(CardinalityLimit, IsEachReadersOwn) {
  MemorySession session(with_metrics({.readers = {PeriodicReader{.cardinality_limits = {.otherwise = 3}},
                                                  PeriodicReader{.cardinality_limits = {.otherwise = 20}}}}));
  const auto counter = meter().counter("limit.each");
  for (int i = 0; i < 10; ++i) counter.add(1, {{"id", i}});
  std::map<int, std::int64_t> totals;  // by the number of points
  for (const ProtoMetric& metric : collect(session, "limit.each")) {
    for (const auto& point : metric.sum().data_points()) {
      totals[metric.sum().data_points_size()] += point.as_int();
    }
  }
  EXPECT_EQ(totals, (std::map<int, std::int64_t>{{3 + 1, 10}, {10, 10}}));
}

// Three sets of 10 beyond the limit, and 10 more each time.
TEST(CardinalityLimit, AddsUpAsynchronousDeltasBeyondIt) {
  MemorySession session(with_metrics(
      {.readers = {PeriodicReader{
           .cardinality_limits = {.otherwise = 2},
           .exporter = OtlpGrpcMetricExporter{.temporality_preference = TemporalityPreference::delta}}}}));
  std::int64_t each = 0;
  const auto counter = meter().observable_counter("limit.async.delta");
  const auto registration = counter.observe([&](const Observer<std::int64_t>& o) {
    each += 10;
    for (int i = 0; i < 5; ++i) o.observe(each, {{"id", i}});
  });
  for (int round = 0; round < 3; ++round) {
    const auto sum = collect_one(session, "limit.async.delta").sum();
    ASSERT_EQ(sum.data_points_size(), 3);
    for (const auto& point : sum.data_points()) {
      const bool is_overflow = point.attributes(0).key() == "otel.metric.overflow";
      EXPECT_EQ(point.as_int(), is_overflow ? 30 : 10) << "round " << round;
    }
  }
}

TEST(AsynchronousInstrument, ForgetsASetInEveryTemporality) {
  for (const auto preference : {TemporalityPreference::cumulative, TemporalityPreference::delta}) {
    MemorySession session(with_temporality(preference));
    int first = 0;
    // One of this session's: deltas of an older one begin with its second value.
    const std::string name = preference == TemporalityPreference::delta ? "stale.delta" : "stale.counter";
    const auto counter = meter().observable_counter(name);
    const auto gauge = meter().observable_gauge("stale.gauge");
    const auto registration = Meter::observe(
        [&](const BatchObserver& o) {
          o.observe(counter, 7, {{"id", first}});
          o.observe(gauge, 7, {{"id", first}});
        },
        counter, gauge);
    for (first = 0; first < 3; ++first) {
      const auto metrics = collect_all(session);
      const auto& points = metrics.at(name).sum().data_points();
      ASSERT_EQ(points.size(), 1);
      EXPECT_EQ(value_of(points[0].attributes(), "id").int_value(), first);
      EXPECT_EQ(points[0].as_int(), 7);
      ASSERT_EQ(metrics.at("stale.gauge").gauge().data_points_size(), 1);
    }
  }
}

TEST(Callback, MayRemoveAnotherInsideOfACallback) {
  MemorySession session;
  const auto gauge = meter().observable_gauge<std::int64_t>("removes.another");
  CallbackRegistration second;
  const auto first = gauge.observe([&](const Observer<std::int64_t>& o) {
    second.remove();
    o.observe(1, {{"of", "first"}});
  });
  second = gauge.observe([](const Observer<std::int64_t>& o) { o.observe(2, {{"of", "second"}}); });
  session.flush();
  static_cast<void>(collect(session, "removes.another"));
  const auto points = collect_one(session, "removes.another").gauge().data_points();
  ASSERT_EQ(points.size(), 1);
  EXPECT_EQ(points[0].as_int(), 1);
}

// What a callback refers to may go as soon as its registration has.
TEST(Callback, IsNotCalledOnceItsRegistrationIsGone) {
  MemorySession session;
  int calls = 0;
  const auto gauge = meter().observable_gauge("outlives");
  {
    const auto registration = gauge.observe([&](const Observer<double>&) { ++calls; });
    session.flush();
  }
  const int before = calls;
  session.flush();
  EXPECT_GT(before, 0);
  EXPECT_EQ(calls, before);
}

TEST(DuplicateAttributes, LetTheLastValueWinWhereBoundOrObserved) {
  MemorySession session;
  meter().counter("twice.bound").bind({{"a", 1}, {"b", 1}, {"a", 2}}).add(1);
  const auto gauge = meter().observable_gauge("twice.observed");
  const auto registration =
      gauge.observe([](const Observer<double>& o) { o.observe(1, {{"a", 1}, {"b", 1}, {"a", 2}}); });
  const auto metrics = collect_all(session);
  const auto& bound = metrics.at("twice.bound").sum().data_points(0).attributes();
  const auto& observed = metrics.at("twice.observed").gauge().data_points(0).attributes();
  for (const auto& attributes : {bound, observed}) {
    EXPECT_EQ(attributes.size(), 2);
    EXPECT_EQ(value_of(attributes, "a").int_value(), 2);
  }
}

// 2^63 in unsigned arithmetic, which turned over.
TEST(CounterClause, StaysAtTheEndOfItsRange) {
  MemorySession session;
  const auto counter = meter().counter("range");
  for (int i = 0; i < 3; ++i) counter.add(INT64_MAX);
  EXPECT_EQ(collect_one(session, "range").sum().data_points(0).as_int(), INT64_MAX);
}

}  // namespace
}  // namespace ergon::test
