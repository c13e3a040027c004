#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

// What threads that are no more have counted, and the memory that it took.
namespace ergon::telemetry::test {
namespace {

using ergon::testing::RecordedPoint;

constexpr int kThreads = 20;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("gone");
}

std::int64_t budget_used() { return static_cast<std::int64_t>(g_budget.used()); }

// Threads that all live at the same time, so that each has cells of its own.
void in_threads(const std::function<void(int)>& run) {
  std::latch all(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      run(t);
      all.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(GoneThreads, KeepWhatTheyCountedAndGiveTheirMemoryBack) {
  const PlanScope plan(MetricsPlan{
      .views = {ViewPlan{.instrument_name = "gone.exponential",
                         .aggregation = Aggregation{.kind = Aggregation::Kind::exponential_buckets}}}});
  const auto counter = meter().counter("gone.counter");
  const auto real = meter().counter<double>("gone.real");
  const auto histogram = meter().histogram("gone.histogram", {.boundaries = {5, 10}});
  const auto exponential = meter().histogram("gone.exponential");
  for (int i = 0; i < 3; ++i) static_cast<void>(points_of("of tests before"));
  const std::int64_t at_first = budget_used();
  in_threads([&](int t) {
    for (int i = 0; i < 100; ++i) counter.add(1, {{"id", i}});
    real.add(0.5);
    histogram.record(t);
    exponential.record(t);
  });
  const std::int64_t at_most = budget_used();
  for (int round = 0; round < 4; ++round) {
    double counted = 0;
    for (const RecordedPoint& point : points_of("gone.counter")) counted += point.value;
    EXPECT_EQ(counted, 100 * kThreads);
    EXPECT_EQ(point_of("gone.real").value, kThreads / 2.0);
    const RecordedPoint point = point_of("gone.histogram");
    EXPECT_EQ(point.buckets, (std::vector<std::uint64_t>{6, 5, 9}));
    EXPECT_EQ(point.minimum, 0);
    EXPECT_EQ(point.maximum, kThreads - 1);
    EXPECT_EQ(point_of("gone.exponential").count, static_cast<std::uint64_t>(kThreads));
    EXPECT_EQ(point_of("gone.exponential").zero_count, 1U);
  }
  EXPECT_LT(budget_used() - at_first, (at_most - at_first) / 4);
}

// 0.1 + 0.2 + 0.3 depends on the order in its last bit; a sum that falls would be taken for a new one.
TEST(GoneThreads, DontMakeASumFall) {
  const PlanScope plan(MetricsPlan{.readers = {{}, {.temporality = TemporalityPreference::delta}}});
  const auto counter = meter().counter<double>("gone.tenths");
  const auto histogram = meter().histogram("gone.tenths.recorded");
  ManualReader cumulative;
  ManualReader delta(1);
  double last[2]{};
  for (int round = 0; round < 9; ++round) {
    std::latch have_added(3);
    std::latch may_go(1);
    std::vector<std::thread> threads;
    for (int t = 1; t <= 3; ++t) {
      threads.emplace_back([&, t] {
        counter.add(0.1 * t);
        histogram.record(0.1 * t);
        have_added.arrive_and_wait();
        if (t == 1 + round % 3) return;
        may_go.wait();
      });
    }
    have_added.wait();
    for (int i = 0; i < 4; ++i) {
      double now[2]{-1, -1};
      for (const auto& point : cumulative.all_points()) {
        if (point.name == "gone.tenths") now[0] = point.value;
        if (point.name == "gone.tenths.recorded") now[1] = point.sum;
      }
      EXPECT_GE(now[0], last[0]);
      EXPECT_GE(now[1], last[1]);
      std::ranges::copy(now, last);
      EXPECT_EQ(delta.points_of("gone.tenths").size(), i == 0 ? 1U : 0U) << round;
    }
    may_go.count_down();
    for (std::thread& thread : threads) thread.join();
  }
}

TEST(GoneThreads, GoOnInThoseThatTakeTheirPlace) {
  const PlanScope plan(MetricsPlan{.readers = {ReaderPlan{.temporality = TemporalityPreference::delta}}});
  const auto counter = meter().counter("gone.delta");
  const auto histogram = meter().histogram("gone.extremes", {.boundaries = {5}});
  ManualReader reader;
  for (int round = 1; round <= 4; ++round) {
    in_threads([&](int t) {
      counter.add(round);
      histogram.record(10 * round + t);
    });
    EXPECT_EQ(reader.point_of("gone.delta").value, round * kThreads);
    in_threads([&](int t) { histogram.record(100 * round + t); });
    const RecordedPoint point = reader.point_of("gone.extremes");
    EXPECT_EQ(point.count, static_cast<std::uint64_t>(kThreads));
    EXPECT_EQ(point.minimum, 100 * round);
    EXPECT_EQ(point.maximum, 100 * round + kThreads - 1);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(reader.points_of("gone.delta").empty());
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
