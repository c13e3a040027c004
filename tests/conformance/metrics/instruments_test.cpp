// metrics/api.md: meters and instruments, asynchronous ones, bind, enabled; metrics/sdk.md: duplicate
// registration.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "conformance/metrics/collected.hpp"

namespace ergon::test {
namespace {

Meter meter() { return get_meter("conformance.instruments"); }

TEST(GetMeter, PassesVersionSchemaUrlAndAttributesOn) {
  MemorySession session;
  get_meter("meter.scope", {.version = "1.2", .schema_url = "http://schema", .attributes = {{"a", 1}}})
      .counter("scoped")
      .add(1);
  bool is_found = false;
  for (const std::string& bytes : session.take(telemetry::Signal::metric_points)) {
    const auto request = decode<ExportMetricsServiceRequest>(bytes);
    for (const auto& scope : request.resource_metrics(0).scope_metrics()) {
      if (scope.scope().name() != "meter.scope") continue;
      is_found = true;
      EXPECT_EQ(scope.scope().version(), "1.2");
      EXPECT_EQ(scope.schema_url(), "http://schema");
      EXPECT_EQ(value_of(scope.scope().attributes(), "a").int_value(), 1);
    }
  }
  EXPECT_TRUE(is_found);
}

TEST(InstrumentClause, MakesAMonotonicSumOfACounter) {
  MemorySession session;
  meter().counter<double>("counter", {.unit = "s", .description = "Time."}).add(1.5);
  const ProtoMetric metric = collect_one(session, "counter");
  EXPECT_EQ(metric.unit(), "s");
  EXPECT_EQ(metric.description(), "Time.");
  EXPECT_TRUE(metric.sum().is_monotonic());
  EXPECT_EQ(metric.sum().data_points(0).as_double(), 1.5);
}

TEST(InstrumentClause, MakesASumThatIsNotMonotonicOfAnUpDownCounter) {
  MemorySession session;
  meter().up_down_counter("up.down").add(-2);
  const ProtoMetric metric = collect_one(session, "up.down");
  ASSERT_TRUE(metric.has_sum());
  EXPECT_FALSE(metric.sum().is_monotonic());
  EXPECT_EQ(metric.sum().data_points(0).as_int(), -2);
}

TEST(InstrumentClause, MakesAGaugeOfAGauge) {
  MemorySession session;
  const auto gauge = meter().gauge("gauge", {.unit = "Cel"});
  gauge.record(20);
  gauge.record(21.5);
  const ProtoMetric metric = collect_one(session, "gauge");
  ASSERT_TRUE(metric.has_gauge());
  EXPECT_EQ(metric.gauge().data_points(0).as_double(), 21.5);
}

TEST(AsynchronousInstrument, HasPointsOfItsKind) {
  MemorySession session;
  const auto counter = meter().observable_counter("async.counter");
  const auto up_down = meter().observable_up_down_counter<double>("async.updown");
  const auto gauge = meter().observable_gauge<std::int64_t>("async.gauge");
  const auto all = Meter::observe(
      [&](const BatchObserver& o) {
        o.observe(counter, 3);
        o.observe(up_down, -1.5);
        o.observe(gauge, 7, {{"a", "b"}});
      },
      counter, up_down, gauge);
  const auto metrics = collect_all(session);
  EXPECT_TRUE(metrics.at("async.counter").sum().is_monotonic());
  EXPECT_EQ(metrics.at("async.counter").sum().data_points(0).as_int(), 3);
  EXPECT_FALSE(metrics.at("async.updown").sum().is_monotonic());
  EXPECT_EQ(metrics.at("async.updown").sum().data_points(0).as_double(), -1.5);
  EXPECT_EQ(metrics.at("async.gauge").gauge().data_points(0).as_int(), 7);
  EXPECT_EQ(value_of(metrics.at("async.gauge").gauge().data_points(0).attributes(), "a").string_value(), "b");
}

TEST(AsynchronousInstrument, HasNoPointOfASetThatIsNotObservedAnyMore) {
  MemorySession session;
  int observed = 3;
  const auto counter = meter().observable_counter("async.stale");
  const auto registration = counter.observe([&](const Observer<std::int64_t>& o) {
    for (int i = 0; i < observed; ++i) o.observe(1, {{"id", i}});
  });
  EXPECT_EQ(collect_one(session, "async.stale").sum().data_points_size(), 3);
  observed = 1;
  EXPECT_EQ(collect_one(session, "async.stale").sum().data_points_size(), 1);
}

TEST(AsynchronousInstrument, IsSilentOnceItsCallbackIsRemoved) {
  MemorySession session;
  const auto gauge = meter().observable_gauge("async.removed");
  {
    const auto registration = gauge.observe([](const Observer<double>& o) { o.observe(1); });
    EXPECT_EQ(collect(session, "async.removed").size(), 1U);
  }
  EXPECT_TRUE(collect(session, "async.removed").empty());
}

TEST(Callback, MayBeRemovedInsideOfACallback) {
  MemorySession session;
  const auto gauge = meter().observable_gauge("async.removes");
  CallbackRegistration registration;
  registration = gauge.observe([&](const Observer<double>& o) {
    o.observe(1);
    registration.remove();
  });
  EXPECT_EQ(collect(session, "async.removes").size(), 1U);
  EXPECT_TRUE(collect(session, "async.removes").empty());
}

TEST(Callback, IsCalledOnceForEachCollection) {
  MemorySession session;
  int calls = 0;
  const auto gauge = meter().observable_gauge("async.calls");
  const auto registration = gauge.observe([&](const Observer<double>&) { ++calls; });
  for (int i = 1; i <= 3; ++i) {
    session.flush();
    EXPECT_EQ(calls, i);
  }
}

TEST(Bind, CountsAsItsInstrumentDoes) {
  MemorySession session;
  const auto counter = meter().counter("bound");
  const auto bound = counter.bind({{"a", 1}});
  bound.add(1);
  counter.add(2, {{"a", 1}});
  const auto sum = collect_one(session, "bound").sum();
  ASSERT_EQ(sum.data_points_size(), 1);
  EXPECT_EQ(sum.data_points(0).as_int(), 3);
}

TEST(InstrumentEnabled, IsFalseWithoutMetrics) {
  const auto counter = meter().counter("enabled");
  {
    MemorySession session;
    EXPECT_TRUE(counter.enabled());
  }
  TelemetryConfig config = everything();
  config.metrics.reset();
  MemorySession session(config);
  EXPECT_FALSE(counter.enabled());
}

TEST(InstrumentName, IsNotCaseSensitiveAndTheFirstStays) {
  MemorySession session;
  meter().counter("Request.Count").add(1);
  meter().counter("request.count").add(2);
  EXPECT_EQ(collect_one(session, "Request.Count").sum().data_points(0).as_int(), 3);
}

TEST(DuplicateInstrument, OfAnotherKindIsExportedBesideTheFirst) {
  MemorySession session;
  meter().counter("duplicate").add(1);
  meter().histogram("duplicate").record(1);
  EXPECT_EQ(collect(session, "duplicate").size(), 2U);
}

TEST(DuplicateAttributes, LetTheLastValueOfAKeyWin) {
  MemorySession session;
  meter().counter("duplicate.key").add(1, {{"a", 1}, {"a", 2}});
  const auto point = collect_one(session, "duplicate.key").sum().data_points(0);
  EXPECT_EQ(point.attributes_size(), 1);
  EXPECT_EQ(value_of(point.attributes(), "a").int_value(), 2);
}

}  // namespace
}  // namespace ergon::test
