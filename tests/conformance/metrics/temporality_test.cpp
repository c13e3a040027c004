// metrics/sdk.md and metrics/data-model.md: temporality, start times, resets; metrics/sdk_exporters/otlp.md:
// temporality preference.
#include <gtest/gtest.h>

#include <cstdint>

#include "conformance/metrics/collected.hpp"

namespace ergon::test {
namespace {

Meter meter() { return get_meter("conformance.temporality"); }

TEST(CumulativeTemporality, GrowsFromOneStartTime) {
  MemorySession session(with_temporality(TemporalityPreference::cumulative));
  const auto counter = meter().counter("cumulative");
  counter.add(1);
  const auto first = collect_one(session, "cumulative").sum();
  counter.add(2);
  const auto second = collect_one(session, "cumulative").sum();
  EXPECT_EQ(first.aggregation_temporality(), AGGREGATION_TEMPORALITY_CUMULATIVE);
  ASSERT_EQ(second.data_points_size(), 1);
  EXPECT_EQ(second.data_points(0).as_int(), 3);
  EXPECT_EQ(second.data_points(0).start_time_unix_nano(), first.data_points(0).start_time_unix_nano());
  EXPECT_EQ(collect_one(session, "cumulative").sum().data_points(0).as_int(), 3)
      << "without anything new, too";
}

TEST(DeltaTemporality, BeginsWhereTheLastPointEnded) {
  MemorySession session(with_temporality(TemporalityPreference::delta));
  const auto counter = meter().counter("delta");
  counter.add(1, {{"a", 1}});
  const auto first = collect_one(session, "delta").sum();
  counter.add(2, {{"a", 1}});
  counter.add(4, {{"a", 2}});
  const auto second = collect_one(session, "delta").sum();
  EXPECT_EQ(first.aggregation_temporality(), AGGREGATION_TEMPORALITY_DELTA);
  ASSERT_EQ(second.data_points_size(), 2);
  std::int64_t total = 0;
  for (const auto& point : second.data_points()) {
    EXPECT_EQ(point.start_time_unix_nano(), first.data_points(0).time_unix_nano());
    total += point.as_int();
  }
  EXPECT_EQ(total, 6);
}

TEST(DeltaTemporality, HasNoPointOfWhatStoodStill) {
  MemorySession session(with_temporality(TemporalityPreference::delta));
  const auto counter = meter().counter("delta.still");
  counter.add(1);
  EXPECT_EQ(collect(session, "delta.still").size(), 1U);
  EXPECT_TRUE(collect(session, "delta.still").empty());
}

// Of each kind of instrument, by the table of the OTLP exporter.
struct Preference {
  TemporalityPreference preference;
  bool counters_are_deltas;
  bool histograms_are_deltas;
  bool observable_counters_are_deltas;
};

TEST(TemporalityPreferenceClause, SaysItForEachKindOfInstrument) {
  for (const Preference& wanted : {Preference{TemporalityPreference::cumulative, false, false, false},
                                   Preference{TemporalityPreference::delta, true, true, true},
                                   Preference{TemporalityPreference::low_memory, true, true, false}}) {
    MemorySession session(with_temporality(wanted.preference));
    meter().counter("kinds.counter").add(1);
    meter().histogram("kinds.histogram").record(1);
    meter().up_down_counter("kinds.updown").add(1);
    const std::string name = "kinds.observable." + std::to_string(static_cast<int>(wanted.preference));
    const auto observable = meter().observable_counter(name);  // of this session: else deltas begin later
    const auto observed = observable.observe([](const Observer<std::int64_t>& o) { o.observe(1); });
    auto metrics = collect_all(session);
    const auto temporality = [](bool is_delta) {
      return is_delta ? AGGREGATION_TEMPORALITY_DELTA : AGGREGATION_TEMPORALITY_CUMULATIVE;
    };
    EXPECT_EQ(metrics.at("kinds.updown").sum().aggregation_temporality(), temporality(false));
    EXPECT_EQ(metrics.at(name).sum().aggregation_temporality(),
              temporality(wanted.observable_counters_are_deltas));
    EXPECT_EQ(metrics.at("kinds.counter").sum().aggregation_temporality(),
              temporality(wanted.counters_are_deltas));
    EXPECT_EQ(metrics.at("kinds.histogram").histogram().aggregation_temporality(),
              temporality(wanted.histograms_are_deltas));
  }
}

// Measured in another SDK: what was counted since the last collection was lost.
TEST(ReaderShutdown, CollectsALastTime) {
  MemorySession session(with_temporality(TemporalityPreference::delta));
  const auto counter = meter().counter("at.shutdown");
  counter.add(2);
  session.flush();
  counter.add(3);
  session.stop();
  std::int64_t total = 0;
  for (const ProtoMetric& metric : collect(session, "at.shutdown"))
    total += metric.sum().data_points(0).as_int();
  EXPECT_EQ(total, 5);
}

TEST(SeveralReaders, EachSeeEverythingInTheirOwnTemporality) {
  MemorySession session(with_metrics(
      {.readers = {PeriodicReader{.exporter = OtlpGrpcMetricExporter{.temporality_preference =
                                                                         TemporalityPreference::delta}},
                   PeriodicReader{}}}));
  const auto counter = meter().counter("several");
  counter.add(3);
  session.flush();
  counter.add(4);
  std::int64_t deltas = 0;
  std::int64_t last = 0;
  for (const ProtoMetric& metric : collect(session, "several")) {
    const auto& point = metric.sum().data_points(0);
    if (metric.sum().aggregation_temporality() == AGGREGATION_TEMPORALITY_DELTA) {
      deltas += point.as_int();
    } else {
      last = point.as_int();
    }
  }
  EXPECT_EQ(deltas, 7);
  EXPECT_EQ(last, 7);
}

}  // namespace
}  // namespace ergon::test
