#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

// Sets of attributes that delta readers have found nothing new in for a while are let go.
namespace ergon::telemetry::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedPoint;

constexpr std::uint32_t kLimit = 10;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("let.go");
}

ReaderPlan delta() { return {.temporality = TemporalityPreference::delta, .cardinality_limit = kLimit}; }

// Until what is idle has left: twice nothing new, then a thread that measures, then once more.
void pass_time(ManualReader& reader) {
  for (int i = 0; i < 4; ++i) {
    meter().counter("time").add(1);
    static_cast<void>(reader.points_of("time"));
  }
}

double total_of(const std::vector<RecordedPoint>& points, bool of_overflow) {
  double total = 0;
  for (const RecordedPoint& point : points) {
    if ((find(point.attributes, "otel.metric.overflow") == "true") != of_overflow) continue;
    total += point.buckets.empty() ? point.value : static_cast<double>(point.count);
  }
  return total;
}

TEST(LetGo, MakesRoomForOtherSets) {
  const PlanScope plan(MetricsPlan{.readers = {delta()}});
  const auto counter = meter().counter("sets");
  ManualReader reader;
  for (int round = 0; round < 20; ++round) {
    for (std::uint32_t i = 0; i < kLimit; ++i) counter.add(2, {{"id", 100 * round + static_cast<int>(i)}});
    const auto points = reader.points_of("sets");
    EXPECT_EQ(points.size(), kLimit) << round;
    EXPECT_EQ(total_of(points, false), 2.0 * kLimit) << round;
    pass_time(reader);
  }
}

TEST(LetGo, GivesMemoryBack) {
  const PlanScope plan(
      MetricsPlan{.readers = {{.temporality = TemporalityPreference::delta}},
                  .views = {ViewPlan{.instrument_name = "memory.last",
                                     .aggregation = Aggregation{.kind = Aggregation::Kind::last_value}}}});
  const auto histogram = meter().histogram("memory");
  const auto last = meter().counter("memory.last");
  ManualReader reader;
  std::size_t at_first = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 1'000; ++i) {
      histogram.record(1, {{"id", 1'000 * round + i}});
      last.add(round, {{"id", 1'000 * round + i}});
    }
    const auto points = reader.all_points();
    EXPECT_EQ(std::ranges::count(points, "memory", &RecordedPoint::name), 1'000) << round;
    EXPECT_EQ(std::ranges::count(points, "memory.last", &RecordedPoint::name), 1'000) << round;
    pass_time(reader);
    if (round == 1) at_first = g_budget.used();
  }
  EXPECT_LE(g_budget.used(), at_first + at_first / 10);
}

TEST(LetGo, KeepsWhatACumulativeReaderWants) {
  const PlanScope plan(MetricsPlan{.readers = {delta(), {.cardinality_limit = kLimit}}});
  const auto counter = meter().counter("kept");
  ManualReader reader;
  ManualReader cumulative(1);
  for (std::uint32_t i = 0; i < kLimit; ++i) counter.add(1, {{"id", i}});
  static_cast<void>(reader.points_of("kept"));
  pass_time(reader);
  EXPECT_EQ(cumulative.points_of("kept").size(), kLimit);
  counter.add(1, {{"id", -1}});
  EXPECT_EQ(total_of(reader.points_of("kept"), true), 1);
}

TEST(LetGo, WaitsForTheReaderThatComesSeldom) {
  const PlanScope plan(MetricsPlan{.readers = {delta(), delta()}});
  const auto counter = meter().counter("seldom");
  ManualReader often;
  ManualReader seldom(1);
  counter.add(5, {{"id", 1}});
  EXPECT_EQ(often.point_of("seldom").value, 5);
  pass_time(often);
  EXPECT_EQ(seldom.point_of("seldom").value, 5);
  counter.add(6, {{"id", 1}});
  EXPECT_EQ(seldom.point_of("seldom").value, 6);
  EXPECT_EQ(often.point_of("seldom").value, 6);
}

// It had found nothing new for long when something came that only the other one has seen yet.
TEST(LetGo, WaitsForTheReaderThatWasIdleBefore) {
  const PlanScope plan(MetricsPlan{.readers = {delta(), delta()}});
  const auto counter = meter().counter("stale");
  ManualReader often;
  ManualReader seldom(1);
  counter.add(5, {{"id", 1}});
  EXPECT_EQ(often.point_of("stale").value, 5);
  EXPECT_EQ(seldom.point_of("stale").value, 5);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(seldom.points_of("stale").empty());
  counter.add(6, {{"id", 1}});
  EXPECT_EQ(often.point_of("stale").value, 6);
  pass_time(often);
  EXPECT_EQ(seldom.point_of("stale").value, 6);
}

TEST(LetGo, FindsASetThatComesBackAtAnyTime) {
  const PlanScope plan(MetricsPlan{.readers = {delta()}});
  const auto counter = meter().counter("back");
  const auto bound = counter.bind({{"id", "bound"}});
  ManualReader reader;
  for (int pause = 0; pause < 8; ++pause) {
    counter.add(3, {{"id", "given"}});
    bound.add(4);
    EXPECT_EQ(total_of(reader.points_of("back"), false), 7) << pause;
    for (int i = 0; i < pause; ++i) {
      meter().counter("time").add(1);
      EXPECT_TRUE(reader.points_of("back").empty());
    }
  }
}

TEST(LetGo, LosesNothingOfAThreadThatRests) {
  const PlanScope plan(MetricsPlan{.readers = {delta()}});
  const auto counter = meter().counter("rest");
  ManualReader reader;
  std::latch has_counted(1);
  std::latch may_go_on(1);
  std::thread resting([&] {
    counter.add(1, {{"id", 1}});
    has_counted.count_down();
    may_go_on.wait();
    counter.add(10, {{"id", 1}});
  });
  has_counted.wait();
  EXPECT_EQ(reader.point_of("rest").value, 1);
  for (int i = 0; i < 5; ++i) pass_time(reader);
  may_go_on.count_down();
  resting.join();
  EXPECT_EQ(reader.point_of("rest").value, 10);
}

TEST(LetGo, LosesNothingWhileThreadsMeasureConcurrentSafe) {
  constexpr int kThreads = 3;
  constexpr int kRounds = 300;
  const PlanScope plan(MetricsPlan{.readers = {delta(), delta()}});
  const auto counter = meter().counter("crowd");
  const auto histogram = meter().histogram("crowd.histogram", {.boundaries = {1}});
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < 20; ++i) {
          counter.add(1, {{"id", (round / 7 + t) % 50}});
          histogram.record(i, {{"id", round % 9}});
        }
        std::this_thread::yield();
      }
      --running;
    });
  }
  ManualReader readers[]{ManualReader(0), ManualReader(1)};
  double counted[2]{};
  double recorded[2]{};
  const auto collect = [&](int reader) {
    const auto points = readers[reader].all_points();
    for (const RecordedPoint& point : points) {
      if (point.name == "crowd") counted[reader] += point.value;
      if (point.name == "crowd.histogram") recorded[reader] += static_cast<double>(point.count);
    }
  };
  while (running > 0) {
    collect(0);
    collect(0);
    collect(1);
  }
  for (std::thread& thread : threads) thread.join();
  for (const int reader : {0, 1}) {
    for (int i = 0; i < 5; ++i) collect(reader);
    EXPECT_EQ(counted[reader], kThreads * kRounds * 20) << reader;
    EXPECT_EQ(recorded[reader], kThreads * kRounds * 20) << reader;
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
