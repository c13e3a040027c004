// metrics/sdk.md: views, advisory parameters, cardinality limits.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "conformance/metrics/collected.hpp"

namespace ergon::test {
namespace {

Meter meter() { return get_meter("conformance.views"); }

TelemetryConfig with_view(View view) { return with_metrics({.views = {std::move(view)}}); }

TEST(ViewSelectorClause, MatchesByNameKindUnitAndMeter) {
  const auto is_selected = [](ViewSelector selector) {
    if (!selector.meter_name) selector.meter_name = "views.meter";  // not what other tests have made
    MemorySession session(with_view({.selector = selector, .stream = {.name = "selected"}}));
    get_meter("views.meter", {.version = "1", .schema_url = "http://s"})
        .counter("select.me", {.unit = "By"})
        .add(1);
    return !collect(session, "selected").empty();
  };
  EXPECT_TRUE(is_selected({}));
  EXPECT_TRUE(is_selected({.instrument_name = "select.*"}));
  EXPECT_TRUE(is_selected({.instrument_name = "SELECT.m?"}));
  EXPECT_FALSE(is_selected({.instrument_name = "select"}));
  EXPECT_TRUE(is_selected({.instrument_type = InstrumentType::counter}));
  EXPECT_FALSE(is_selected({.instrument_type = InstrumentType::gauge}));
  EXPECT_TRUE(is_selected({.unit = "By"}));
  EXPECT_FALSE(is_selected({.unit = "ns"}));
  EXPECT_TRUE(
      is_selected({.meter_name = "views.meter", .meter_version = "1", .meter_schema_url = "http://s"}));
  EXPECT_FALSE(is_selected({.meter_name = "views.meter", .meter_version = "2"}));
}

TEST(ViewStreamClause, RenamesAndDescribes) {
  MemorySession session(with_view(
      {.selector = {.instrument_name = "old.name"}, .stream = {.name = "new.name", .description = "New."}}));
  meter().counter("old.name", {.unit = "s", .description = "Old."}).add(1);
  const auto metrics = collect_all(session);
  EXPECT_FALSE(metrics.contains("old.name"));
  EXPECT_EQ(metrics.at("new.name").description(), "New.");
  EXPECT_EQ(metrics.at("new.name").unit(), "s");
}

TEST(ViewStreamClause, KeepsAndDropsAttributes) {
  MemorySession session(with_metrics(
      {.views = {View{.selector = {.instrument_name = "keeps"},
                      .stream = {.attribute_keys = AttributeKeys{.included = std::vector<std::string>{"a*"},
                                                                 .excluded = {"ab"}}}}}}));
  meter().counter("keeps").add(1, {{"a", 1}, {"ab", 2}, {"b", 3}});
  const auto point = collect_one(session, "keeps").sum().data_points(0);
  ASSERT_EQ(point.attributes_size(), 1);
  EXPECT_EQ(point.attributes(0).key(), "a");
}

TEST(ViewStreamClause, DropsTheInstrument) {
  MemorySession session(
      with_view({.selector = {.instrument_name = "dropped"}, .stream = {.aggregation = DropAggregation{}}}));
  const auto counter = meter().counter("dropped");
  counter.add(1);
  EXPECT_FALSE(counter.enabled());
  EXPECT_TRUE(collect(session, "dropped").empty());
}

TEST(ViewStreamClause, MakesAStreamForEachView) {
  MemorySession session(
      with_metrics({.views = {View{.selector = {.instrument_name = "twice"}, .stream = {.name = "first"}},
                              View{.selector = {.instrument_name = "twice"},
                                   .stream = {.name = "second", .aggregation = SumAggregation{}}}}}));
  meter().histogram("twice").record(2.5);
  const auto metrics = collect_all(session);
  EXPECT_EQ(metrics.at("first").histogram().data_points(0).count(), 1U);
  EXPECT_EQ(metrics.at("second").sum().data_points(0).as_double(), 2.5);
  EXPECT_TRUE(metrics.at("second").sum().is_monotonic());
  EXPECT_FALSE(metrics.contains("twice"));
}

TEST(AdvisoryParameters, GiveWayToViews) {
  const auto record = [] {
    meter()
        .histogram("advised", {.boundaries = {1}, .attribute_keys = {"a"}})
        .record(0.5, {{"a", 1}, {"b", 1}});
  };
  {
    MemorySession session;
    record();
    const auto point = collect_one(session, "advised").histogram().data_points(0);
    EXPECT_EQ(point.bucket_counts_size(), 2);
    EXPECT_EQ(point.attributes_size(), 1);
  }
  MemorySession session(
      with_view({.selector = {.instrument_name = "advised"},
                 .stream = {.aggregation = ExplicitBucketHistogram{.boundaries = std::vector<double>{1, 2}},
                            .attribute_keys = AttributeKeys{}}}));
  record();
  const auto point = collect_one(session, "advised").histogram().data_points(0);
  EXPECT_EQ(point.bucket_counts_size(), 3);
  EXPECT_EQ(point.attributes_size(), 2);
}

template <class Points>
void expect_overflow(const Points& points, int own, std::int64_t each, std::int64_t rest) {
  ASSERT_EQ(points.size(), own + 1);
  for (const auto& point : points) {
    const bool is_overflow = point.attributes_size() == 1 &&
                             point.attributes(0).key() == "otel.metric.overflow" &&
                             point.attributes(0).value().bool_value();
    EXPECT_EQ(point.as_int(), is_overflow ? rest : each);
  }
}

TEST(CardinalityLimit, IsTheViewsThenTheReaders) {
  MemorySession session(with_metrics({.readers = {PeriodicReader{.cardinality_limits = {.otherwise = 4}}},
                                      .views = {View{.selector = {.instrument_name = "limit.view"},
                                                     .stream = {.aggregation_cardinality_limit = 2}}}}));
  for (int i = 0; i < 10; ++i) {
    meter().counter("limit.view").add(1, {{"id", i}});
    meter().counter("limit.reader").add(1, {{"id", i}});
  }
  const auto metrics = collect_all(session);
  expect_overflow(metrics.at("limit.view").sum().data_points(), 2, 1, 8);
  expect_overflow(metrics.at("limit.reader").sum().data_points(), 4, 1, 6);
}

TEST(CardinalityLimit, IsOfTheKindOfInstrumentWhereTheReaderHasOne) {
  MemorySession session(with_metrics(
      {.readers = {PeriodicReader{.cardinality_limits = {.otherwise = 3, .up_down_counter = 2}}}}));
  for (int i = 0; i < 10; ++i) {
    meter().counter("limit.default").add(1, {{"id", i}});
    meter().up_down_counter("limit.kind").add(1, {{"id", i}});
  }
  const auto metrics = collect_all(session);
  expect_overflow(metrics.at("limit.default").sum().data_points(), 3, 1, 7);
  expect_overflow(metrics.at("limit.kind").sum().data_points(), 2, 1, 8);
}

TEST(CardinalityLimit, AppliesAfterAttributesAreFiltered) {
  MemorySession session(
      with_metrics({.readers = {PeriodicReader{.cardinality_limits = {.otherwise = 2}}},
                    .views = {View{.selector = {.instrument_name = "limit.filtered"},
                                   .stream = {.attribute_keys = AttributeKeys{.excluded = {"id"}}}}}}));
  for (int i = 0; i < 10; ++i) meter().counter("limit.filtered").add(1, {{"id", i}});
  EXPECT_EQ(collect_one(session, "limit.filtered").sum().data_points(0).as_int(), 10);
}

// Measured in another SDK: three sets of 10 beyond the limit gave 10, then 20.
TEST(CardinalityLimit, AddsUpAllAsynchronousSetsBeyondIt) {
  MemorySession session(with_metrics({.readers = {PeriodicReader{.cardinality_limits = {.otherwise = 2}}}}));
  const auto counter = meter().observable_counter("limit.async");
  const auto registration = counter.observe([](const Observer<std::int64_t>& o) {
    for (int i = 0; i < 5; ++i) o.observe(10, {{"id", i}});
  });
  for (int round = 0; round < 2; ++round)
    expect_overflow(collect_one(session, "limit.async").sum().data_points(), 2, 10, 30);
}

}  // namespace
}  // namespace ergon::test
