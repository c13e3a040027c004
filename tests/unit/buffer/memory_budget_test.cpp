#include "telemetry/buffer/destination_share.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace ergon::telemetry {
namespace {

// A session's: a quarter for rings, a quarter for destinations, the rest common.
struct SessionBudget : MemoryBudget {
  explicit SessionBudget(std::size_t limit) : MemoryBudget(0) { set_limit(limit); }
};

TEST(MemoryBudget, GivesNoMoreOfItsCommonPartThanThereIs) {
  SessionBudget budget(1'000);
  EXPECT_TRUE(budget.try_take(Signal::spans, 200));
  EXPECT_FALSE(budget.try_take(Signal::spans, 51));
  EXPECT_TRUE(budget.try_take(Signal::metric_points, 50));
  EXPECT_FALSE(budget.try_take(Signal::spans, 1)) << "the rest of the common part waits for cells";
  EXPECT_EQ(budget.used(), 250U);
  EXPECT_TRUE(budget.try_take_for_cells(125));
}

TEST(MemoryBudget, TakesBackWhatWasGiven) {
  SessionBudget budget(1'000);
  ASSERT_TRUE(budget.try_take(Signal::logs, 125));
  EXPECT_FALSE(budget.try_take(Signal::logs, 1));
  budget.give_back(Signal::logs, 100);
  EXPECT_TRUE(budget.try_take(Signal::logs, 100));
  budget.give_back(Signal::logs, 125);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, KeepsHalfOfEachPartFromLogs) {
  SessionBudget budget(1'000);
  EXPECT_TRUE(budget.try_take(Signal::logs, 125));
  EXPECT_FALSE(budget.try_take(Signal::logs, 1));
  EXPECT_TRUE(budget.try_take(Signal::spans, 125));
  EXPECT_TRUE(budget.try_take_for_ring(Signal::logs, 187));
  EXPECT_FALSE(budget.try_take_for_ring(Signal::logs, 1));
  EXPECT_TRUE(budget.try_take_for_ring(Signal::spans, 188));
}

// Cells are kept for good: neither they nor destinations may take what the others need.
TEST(MemoryBudget, BoundsCellsAndGoesOnBesideThem) {
  SessionBudget budget(1'600);
  EXPECT_TRUE(budget.try_take_for_cell_caches(200));
  EXPECT_FALSE(budget.try_take_for_cell_caches(1)) << "a cell finds room where a cache finds none";
  EXPECT_TRUE(budget.try_take_for_cells(200));
  EXPECT_FALSE(budget.try_take_for_cells(1));
  EXPECT_EQ(budget.used(), 400U);
  EXPECT_TRUE(budget.try_take_for_ring(Signal::spans, 600));
  EXPECT_FALSE(budget.try_take_for_ring(Signal::spans, 1));
  EXPECT_TRUE(budget.try_take(Signal::spans, 200));
  EXPECT_FALSE(budget.try_take(Signal::spans, 1));
  EXPECT_TRUE(budget.is_nearly_full());
  budget.give_back_of_cells(400);
  EXPECT_EQ(budget.used(), 800U);
}

TEST(MemoryBudget, ForgetsRefusals) {
  SessionBudget budget(1'000);
  ASSERT_TRUE(budget.try_take(Signal::spans, 200));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(budget.try_take(Signal::logs, 150));
  budget.give_back(Signal::spans, 200);
  EXPECT_TRUE(budget.try_take(Signal::logs, 125)) << "refused bytes were kept on the logs' account";
}

TEST(MemoryBudget, FollowsANewLimit) {
  SessionBudget budget(1'000);
  ASSERT_TRUE(budget.try_take(Signal::spans, 250));
  budget.set_limit(500);
  EXPECT_FALSE(budget.try_take(Signal::spans, 1));
  budget.set_limit(2'000);
  EXPECT_TRUE(budget.try_take(Signal::logs, 250));
}

TEST(DestinationShare, TakesItsOwnPartAndThenOfTheCommonPart) {
  SessionBudget budget(1'000);
  DestinationShare share(budget, Signal::spans, 5);  // 50 bytes of its own
  EXPECT_TRUE(share.try_take(40));
  EXPECT_EQ(budget.room(Signal::spans), 250U);
  EXPECT_TRUE(share.try_take(250));
  EXPECT_EQ(budget.room(Signal::spans), 10U);
  EXPECT_FALSE(share.has_room(11));
  EXPECT_FALSE(share.try_take(11));
  EXPECT_TRUE(share.has_room(10));
  EXPECT_EQ(share.used(), 290U);
  EXPECT_EQ(budget.used(), 290U);
  share.give_back(250);
  EXPECT_EQ(budget.room(Signal::spans), 250U) << "what was borrowed goes back first";
  share.give_back(40);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(DestinationShare, KeepsItsOwnPartFromTheOthers) {
  SessionBudget budget(1'000);
  DestinationShare stuck(budget, Signal::spans, 2);
  while (stuck.try_take(5)) {
  }
  DestinationShare healthy(budget, Signal::logs, 2);
  EXPECT_TRUE(healthy.try_take(125));
  EXPECT_FALSE(healthy.try_take(1));
}

// Takers of all signals at once never hold more than the limit, nor those of logs more than half.
TEST(MemoryBudget, HoldsItsBoundsConcurrentSafe) {
  constexpr std::size_t kLimit = 1'200;
  SessionBudget budget(kLimit * 4);  // a quarter of it is common to batches
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
