#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/metrics/cell_table.hpp"
#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/metric_points.hpp"

namespace ergon::telemetry::test {
namespace {

using ergon::test::run_in_fresh_process;
using ergon::testing::find;
using ergon::testing::RecordedPoint;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("cardinality");
}

// How many points have attributes of their own, and the value of the one that stands for the rest.
struct Spread {
  std::size_t own{0};
  double own_total{0};
  std::size_t overflows{0};
  double overflow_total{0};
};

Spread spread_of(std::string_view name) {
  Spread spread;
  for (const RecordedPoint& point : points_of(name)) {
    const double value = point.buckets.empty() ? point.value : static_cast<double>(point.count);
    const bool is_overflow = find(point.attributes, "otel.metric.overflow") == "true";
    ++(is_overflow ? spread.overflows : spread.own);
    (is_overflow ? spread.overflow_total : spread.own_total) += value;
  }
  return spread;
}

TEST(Cardinality, KeepsExactlyTheLimitAndCountsTheRestTogether) {
  const auto counter = meter().counter("limit");
  for (int round = 1; round <= 2; ++round) {
    for (std::uint32_t i = 0; i < kCardinalityLimit + 500; ++i) counter.add(1, {{"id", i}});
    const Spread spread = spread_of("limit");
    EXPECT_EQ(spread.own, kCardinalityLimit);
    EXPECT_EQ(spread.own_total, kCardinalityLimit * round);
    EXPECT_EQ(spread.overflows, 1U);
    EXPECT_EQ(spread.overflow_total, 500 * round);
  }
}

TEST(Cardinality, HasNoOverflowAtTheLimit) {
  const auto counter = meter().counter("at.limit");
  for (std::uint32_t i = 0; i < kCardinalityLimit; ++i) counter.add(1, {{"id", i}});
  EXPECT_EQ(spread_of("at.limit").overflows, 0U);
  counter.add(1, {{"id", -1}});
  EXPECT_EQ(spread_of("at.limit").overflows, 1U);
  EXPECT_EQ(spread_of("at.limit").own, kCardinalityLimit);
}

TEST(Cardinality, HoldsForHistograms) {
  const auto histogram = meter().histogram("limit.histograms", {.boundaries = {1}});
  for (std::uint32_t i = 0; i < kCardinalityLimit + 10; ++i) histogram.record(0.5, {{"id", i}});
  const Spread spread = spread_of("limit.histograms");
  EXPECT_EQ(spread.own, kCardinalityLimit);
  EXPECT_EQ(spread.overflow_total, 10);
}

TEST(Cardinality, LosesNothingAcrossThreadsConcurrentSafe) {
  constexpr int kThreads = 4;
  constexpr std::uint32_t kSets = kCardinalityLimit + 300;
  const auto counter = meter().counter("crowded");
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < kSets; ++i) counter.add(1, {{"id", (i * 7 + t * 500) % kSets}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Spread spread = spread_of("crowded");
  EXPECT_EQ(spread.own, kCardinalityLimit);
  EXPECT_EQ(spread.own_total + spread.overflow_total, kThreads * kSets);
}

// A thread's cache from attributes to cells starts over now and then; what was counted stays where it was.
TEST(Cardinality, FindsItsCellsAgainWhenTheCacheWasFull) {
  const auto counter = meter().counter("cached");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 1'000; ++i) {
      for (int way = 0; way < 3; ++way) {  // the same sets, written in different ways
        if (way == 0) counter.add(1, {{"a", i}, {"b", 1}});
        if (way == 1) counter.add(1, {{"b", 1}, {"a", i}});
        if (way == 2) counter.add(1, {{"b", 2}, {"a", i}, {"b", 1}});
      }
    }
    for (int i = 0; i < 6'000; ++i) counter.add(0, {{"a", i % 1'000}, {"b", 0}, {"b", i}, {"b", 1}});
  }
  const auto points = points_of("cached");
  EXPECT_EQ(points.size(), 1'000U);
  for (const RecordedPoint& point : points) EXPECT_EQ(point.value, 9) << find(point.attributes, "a");
}

std::size_t times(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

void use_up_all_series() {
  for (std::uint32_t i = 0; i < CellTable::kMostSeries; ++i) {
    meter().counter("crowd." + std::to_string(i / 1'500)).add(1, {{"id", i}});
  }
}

void count_with_a_new_instrument_when_all_series_are_used_up() {
  use_up_all_series();
  ::testing::internal::CaptureStderr();
  const auto late = meter().counter("late");
  for (int i = 0; i < 100; ++i) late.add(1, {{"id", i % 10}});
  const auto later = meter().histogram("later");
  for (int i = 0; i < 100; ++i) later.record(1);
  const std::string said = ::testing::internal::GetCapturedStderr();
  for (const char* name : {"late", "later"}) {
    const Spread spread = spread_of(name);
    EXPECT_EQ(spread.own, 0U) << name;
    EXPECT_EQ(spread.overflow_total, 100) << name;
  }
  EXPECT_EQ(times(said, "\n"), 0U) << said << "the crowd's last have said it";
}

TEST(Cardinality, LeavesEachInstrumentItsOverflowWhenTheProcessHasNoMoreSeries) {
  run_in_fresh_process(&count_with_a_new_instrument_when_all_series_are_used_up);
}

void hear_of_used_up_series() {
  ::testing::internal::CaptureStderr();
  use_up_all_series();
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(times(said, "\n"), 1U) << said;
  EXPECT_NE(said.find("crowd."), std::string::npos) << said;
}

TEST(Cardinality, SaysThatTheProcessHasNoMoreSeries) { run_in_fresh_process(&hear_of_used_up_series); }

void record_beyond_the_budget() {
  constexpr std::size_t kLimit = 512U << 10U;
  g_budget.set_limit(kLimit);
  ::testing::internal::CaptureStderr();
  const auto histogram = get_meter("cardinality").histogram("small.budget");
  for (int i = 0; i < 1'900; ++i) histogram.record(1, {{"id", i}});
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(times(said, "\n"), 1U) << said;
  EXPECT_NE(said.find("small.budget"), std::string::npos) << said;
  EXPECT_GT(spread_of("small.budget").own, 100U);
  EXPECT_LE(g_budget.used(), kLimit / 2) << "rings and batches need the rest";
}

TEST(Cardinality, KeepsToItsShareOfTheBudgetAndSaysWhatIsLost) {
  run_in_fresh_process(&record_beyond_the_budget);
}

void make_up_attributes_in_one_thread() {
  constexpr std::size_t kLimit = 4U << 20U;
  g_budget.set_limit(kLimit);
  const auto counter = get_meter("cardinality").counter("made.up");
  const std::string text(1'000, 'x');
  const auto count_all = [&] {
    for (int i = 0; i < 20'000; ++i) counter.add(1, {{"text", text}, {"id", i}});
  };
  counter.add(1);                 // so that this thread has cells of its own
  std::thread(count_all).join();  // what the process keeps of the sets, it has now
  const std::size_t before = mallinfo2().uordblks;
  count_all();
  EXPECT_LE(mallinfo2().uordblks, before + kLimit / 2) << "what one more thread keeps";
  EXPECT_LE(g_budget.used(), kLimit / 2);
  const Spread spread = spread_of("made.up");
  EXPECT_EQ(spread.own_total + spread.overflow_total, 40'001) << "cells find room beside the caches";
}

TEST(Cardinality, KeepsNoThreadsCacheBeyondTheBudget) {
  run_in_fresh_process(&make_up_attributes_in_one_thread);
}

}  // namespace
}  // namespace ergon::telemetry::test
