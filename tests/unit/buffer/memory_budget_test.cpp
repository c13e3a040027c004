#include "telemetry/buffer/memory_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace ergon::telemetry {
namespace {

TEST(MemoryBudget, GivesNoMoreThanItsLimit) {
  MemoryBudget budget(1'000);
  EXPECT_TRUE(budget.try_take(Signal::spans, 600));
  EXPECT_FALSE(budget.try_take(Signal::spans, 401));
  EXPECT_TRUE(budget.try_take(Signal::metric_points, 400));
  EXPECT_FALSE(budget.try_take(Signal::spans, 1));
  EXPECT_EQ(budget.used(), 1'000U);
}

TEST(MemoryBudget, TakesBackWhatWasGiven) {
  MemoryBudget budget(1'000);
  ASSERT_TRUE(budget.try_take(Signal::logs, 500));
  EXPECT_FALSE(budget.try_take(Signal::logs, 1));
  budget.give_back(Signal::logs, 200);
  EXPECT_TRUE(budget.try_take(Signal::logs, 200));
  budget.give_back(Signal::logs, 500);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, KeepsHalfFromLogs) {
  MemoryBudget budget(1'000);
  EXPECT_FALSE(budget.try_take(Signal::logs, 501));
  EXPECT_TRUE(budget.try_take(Signal::logs, 500));
  EXPECT_FALSE(budget.try_take(Signal::logs, 1));
  EXPECT_TRUE(budget.try_take(Signal::spans, 500));
}

// Cells are kept for good: rings, which take half of what they leave, must not wait for them to go.
TEST(MemoryBudget, BoundsCellsAndGoesOnBesideThem) {
  MemoryBudget budget(0);
  budget.set_limit(1'600);
  EXPECT_TRUE(budget.try_take_for_cell_caches(200));
  EXPECT_FALSE(budget.try_take_for_cell_caches(1)) << "a cell finds room where a cache finds none";
  EXPECT_TRUE(budget.try_take_for_cells(600));
  EXPECT_FALSE(budget.try_take_for_cells(1));
  EXPECT_EQ(budget.used(), 800U);
  EXPECT_TRUE(budget.try_take_for_ring(Signal::spans, 400));
  EXPECT_FALSE(budget.try_take_for_ring(Signal::spans, 1));
  ASSERT_TRUE(budget.try_take(Signal::spans, 300));
  EXPECT_FALSE(budget.batches_are_nearly_full());
  ASSERT_TRUE(budget.try_take(Signal::spans, 1));
  EXPECT_TRUE(budget.batches_are_nearly_full());
  budget.give_back_of_cells(800);
  EXPECT_EQ(budget.used(), 701U);
}

TEST(MemoryBudget, ForgetsRefusals) {
  MemoryBudget budget(1'000);
  ASSERT_TRUE(budget.try_take(Signal::spans, 800));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(budget.try_take(Signal::logs, 300));
  budget.give_back(Signal::spans, 800);
  EXPECT_TRUE(budget.try_take(Signal::logs, 500)) << "refused bytes were kept on the logs' account";
}

TEST(MemoryBudget, FollowsANewLimit) {
  MemoryBudget budget(1'000);
  ASSERT_TRUE(budget.try_take(Signal::spans, 900));
  budget.set_limit(500);
  EXPECT_FALSE(budget.try_take(Signal::spans, 1));
  budget.set_limit(2'000);
  EXPECT_TRUE(budget.try_take(Signal::logs, 1'000));
}

// Takers of all signals at once never hold more than the limit, nor those of logs more than half.
TEST(MemoryBudget, HoldsItsBoundsConcurrentSafe) {
  constexpr std::size_t kLimit = 1'000;
  MemoryBudget budget(kLimit);
  std::atomic<std::size_t> held{0};
  std::atomic<std::size_t> held_by_logs{0};
  std::atomic<bool> was_exceeded{false};
  const auto take_and_give = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 20'000; ++i) {
      const Signal signal = random() % 2 == 0 ? Signal::logs : Signal::spans;
      const std::size_t bytes = 1 + random() % 300;
      if (!budget.try_take(signal, bytes)) continue;
      if (held.fetch_add(bytes) + bytes > kLimit) was_exceeded = true;
      if (signal == Signal::logs && held_by_logs.fetch_add(bytes) + bytes > kLimit / 2) was_exceeded = true;
      if (signal == Signal::logs) held_by_logs.fetch_sub(bytes);
      held.fetch_sub(bytes);
      budget.give_back(signal, bytes);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) threads.emplace_back(take_and_give, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(was_exceeded);
  EXPECT_EQ(budget.used(), 0U);
  EXPECT_TRUE(budget.try_take(Signal::logs, kLimit / 2));
}

}  // namespace
}  // namespace ergon::telemetry
