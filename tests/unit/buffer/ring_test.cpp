#include "telemetry/buffer/ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "unit/buffer/record_writer.hpp"
#include "unit/support_engine/leaks_on_purpose.hpp"

namespace ergon::telemetry::test {
namespace {

constexpr std::size_t kFirst = Ring::kFirstSegment;

// Pops `most` records and compares them with what was pushed.
void expect_front(Ring& ring, MemoryBudget& budget,
                  std::deque<std::pair<std::uint64_t, std::uint32_t>>& pushed, std::size_t most) {
  Ring::Cursor cursor = ring.begin();
  for (; most > 0; --most) {
    const RecordHeader* record = ring.peek(cursor);
    if (record == nullptr) break;
    ASSERT_FALSE(pushed.empty());
    EXPECT_EQ(record->ticks, pushed.front().first);
    EXPECT_EQ(record->size, pushed.front().second);
    EXPECT_TRUE(is_whole(*record)) << record->ticks;
    pushed.pop_front();
  }
  EXPECT_TRUE(most == 0 || pushed.empty()) << "the ring ended before its last record";
  ring.release(cursor, budget);
}

TEST(Ring, IsEmptyBeforeItsFirstRecord) {
  Ring ring;
  MemoryBudget budget(1U << 20U);
  Ring::Cursor cursor = ring.begin();
  EXPECT_EQ(ring.peek(cursor), nullptr);
  ring.release(cursor, budget);
  EXPECT_TRUE(ring.is_drained());
  EXPECT_EQ(budget.used(), 0U);
}

TEST(Ring, KeepsRecordsAcrossWrapAround) {
  Ring ring;
  MemoryBudget budget(2 * kFirst);  // no room to grow
  std::deque<std::pair<std::uint64_t, std::uint32_t>> pushed;
  std::uint64_t number = 0;
  for (int round = 0; round < 2'000; ++round) {
    const std::uint32_t size = kUnit * (1 + number * 7 % (Ring::kLargestRecord / kUnit));
    if (push(ring, budget, size, number)) {
      pushed.emplace_back(number, size);
      ++number;
    } else {
      expect_front(ring, budget, pushed, 1 + number % 3);
    }
  }
  EXPECT_GT(number, 500U);
  expect_front(ring, budget, pushed, SIZE_MAX);
  EXPECT_EQ(budget.used(), kFirst);
}

TEST(Ring, TakesEverySizeOfRecordWhenEmpty) {
  for (std::uint32_t size = kUnit; size <= Ring::kLargestRecord; size += kUnit) {
    Ring ring;
    MemoryBudget budget(2 * kFirst);
    for (std::uint64_t number = 0; number < 40; ++number) {
      ASSERT_TRUE(push(ring, budget, size, number)) << size << " after " << number;
      ASSERT_EQ(drain(ring, budget), 1U);
    }
  }
}

TEST(Ring, KeepsOrderAndBytesWhateverThePace) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    Ring ring;
    MemoryBudget budget(std::size_t{1} << (15 + seed % 8));
    std::deque<std::pair<std::uint64_t, std::uint32_t>> pushed;
    std::uint64_t number = 0;
    for (int step = 0; step < 400; ++step) {
      const std::size_t burst = random() % 40;
      for (std::size_t i = 0; i < burst; ++i) {
        const std::uint32_t size =
            kUnit * (1 + random() % (random() % 2 == 0 ? 8 : Ring::kLargestRecord / kUnit));
        if (push(ring, budget, size, number)) pushed.emplace_back(number++, size);
      }
      expect_front(ring, budget, pushed, random() % 60);
      EXPECT_LE(budget.used(), budget.limit());
      if (random() % 8 == 0) ring.note_idle();
    }
    expect_front(ring, budget, pushed, SIZE_MAX);
    EXPECT_TRUE(ring.is_drained());
  }
}

TEST(Ring, GrowsByLinkedSegmentsOfTwiceTheSize) {
  Ring ring;
  MemoryBudget budget(64U << 20U);
  std::deque<std::pair<std::uint64_t, std::uint32_t>> pushed;
  std::vector<std::size_t> used;
  for (std::uint64_t number = 0; number < 4'000; ++number) {
    ASSERT_TRUE(push(ring, budget, 64, number));
    pushed.emplace_back(number, 64U);
    if (used.empty() || used.back() != budget.used()) used.push_back(budget.used());
  }
  ASSERT_GE(used.size(), 4U);
  for (std::size_t i = 0; i < used.size(); ++i) EXPECT_EQ(used[i], kFirst * ((std::size_t{2} << i) - 1));
  const std::size_t last = used.back() - used[used.size() - 2];
  expect_front(ring, budget, pushed, SIZE_MAX);
  EXPECT_TRUE(pushed.empty());
  EXPECT_EQ(budget.used(), last) << "drained segments are given back, the last is kept";
}

TEST(Ring, TakesAtMostAQuarterOfTheBudget) {
  Ring ring;
  MemoryBudget budget(0);
  budget.set_limit(4U << 20U);  // a session
  std::uint64_t pushed = 0;
  while (push(ring, budget, 256, pushed)) ++pushed;
  EXPECT_LE(budget.used(), budget.limit() / 4);
  EXPECT_GT(budget.used(), budget.limit() / 16);
  EXPECT_EQ(drain(ring, budget), pushed);
  EXPECT_TRUE(push(ring, budget, 256, 0)) << "there is room again";
}

// What rings keep of bursts is their threads', who may never record again.
TEST(Ring, FindsRoomBehindIdleRingsThatHaveGrown) {
  MemoryBudget budget(0);
  budget.set_limit(4U << 20U);
  std::vector<std::unique_ptr<Ring>> rings;
  for (int i = 0; i < 40; ++i) {
    rings.push_back(std::make_unique<Ring>());
    std::uint64_t pushed = 0;
    while (pushed < 5'000 && push(*rings.back(), budget, 256, pushed)) ++pushed;
    ASSERT_GE(pushed, kFirst / 256) << "of thread " << i;
    EXPECT_EQ(drain(*rings.back(), budget), pushed);
  }
}

TEST(Ring, GivesAllMemoryBackWhenItsThreadIsGone) {
  Ring ring;
  MemoryBudget budget(1U << 20U);
  for (std::uint64_t number = 0; number < 1'000; ++number) ASSERT_TRUE(push(ring, budget, 64, number));
  drain(ring, budget);
  ASSERT_TRUE(ring.is_drained());
  ring.free_all(budget);
  EXPECT_EQ(budget.used(), 0U);
  EXPECT_TRUE(push(ring, budget, 64, 7)) << "its next thread starts anew";
  EXPECT_EQ(drain(ring, budget), 1U);
}

TEST(Ring, RefusesWithoutBudgetAndRecoversWithIt) {
  Ring ring;
  MemoryBudget budget(kFirst);
  EXPECT_FALSE(push(ring, budget, 64, 0));
  EXPECT_EQ(budget.used(), 0U);
  budget.set_limit(4 * kFirst);  // a session: rings take a quarter
  EXPECT_TRUE(push(ring, budget, 64, 1));
}

TEST(Ring, AsksForTheWorkerOnceWhenPastHalfFull) {
  Ring ring;
  MemoryBudget budget(2 * kFirst);
  for (int round = 0; round < 5; ++round) {
    std::size_t bytes = 0;
    int requests = 0;
    while (push(ring, budget, 128, 0)) {
      bytes += 128;
      const bool asks = ring.take_wake_request();
      EXPECT_FALSE(asks && bytes <= kFirst / 2) << bytes;
      requests += static_cast<int>(asks);
    }
    EXPECT_EQ(requests, 1);
    for (int refusal = 0; refusal < 10; ++refusal) {
      EXPECT_FALSE(push(ring, budget, 128, 0));
      EXPECT_FALSE(ring.take_wake_request()) << "it has been asked, and has not come yet";
    }
    drain(ring, budget);
  }
}

TEST(Ring, AsksForTheWorkerOnceHoweverManySegmentsItGrowsBy) {
  Ring ring;
  MemoryBudget budget(64U << 20U);
  int requests = 0;
  for (std::uint64_t number = 0; number < 10'000; ++number) {
    ASSERT_TRUE(push(ring, budget, 128, number));
    requests += static_cast<int>(ring.take_wake_request());
  }
  EXPECT_EQ(requests, 1);
}

TEST(Ring, ShrinksWhenItHasBeenIdle) {
  Ring ring;
  MemoryBudget budget(64U << 20U);
  for (std::uint64_t number = 0; number < 10'000; ++number) ASSERT_TRUE(push(ring, budget, 64, number));
  drain(ring, budget);
  const std::size_t grown = budget.used();
  ASSERT_GT(grown, 16 * kFirst);
  for (int i = 0; i < 100; ++i) ring.note_idle();
  std::uint64_t number = 0;
  for (; budget.used() >= grown && number < 100'000; ++number) {
    ASSERT_TRUE(push(ring, budget, 64, number));
    ASSERT_EQ(drain(ring, budget), 1U);
  }
  EXPECT_EQ(budget.used(), kFirst) << "after " << number;
}

// Positions are 32 bits wide and pass 4 GiB in the life of a segment.
TEST(Ring, GoesOnWhenItsPositionsOverflow) {
  Ring ring;
  MemoryBudget budget(2 * kFirst);
  constexpr std::uint64_t kRecords = (std::uint64_t{1} << 32U) / Ring::kLargestRecord + 1'000;
  for (std::uint64_t number = 0; number < kRecords; ++number) {
    std::byte* place = ring.prepare(Ring::kLargestRecord, Signal::spans, budget);
    ASSERT_NE(place, nullptr) << number;
    *reinterpret_cast<RecordHeader*>(place) = {
        Ring::kLargestRecord, RecordKind::span, false, 0, false, number};
    ring.commit();
    Ring::Cursor cursor = ring.begin();
    const RecordHeader* record = ring.peek(cursor);
    ASSERT_TRUE(record != nullptr && record->ticks == number) << number;
    ring.release(cursor, budget);
  }
}

TEST(Ring, GrowsAgainInTheChildOfAFork) {
  Ring ring;
  MemoryBudget budget(0);
  budget.set_limit(4U << 20U);
  std::uint64_t pushed = 0;
  {
    const ergon::test::LeaksOnPurpose leaks;
    while (push(ring, budget, 256, pushed)) ++pushed;
  }
  budget.reset_after_fork();
  ring.reset_after_fork(budget);
  std::uint64_t pushed_in_child = 0;
  while (push(ring, budget, 256, pushed_in_child)) ++pushed_in_child;
  EXPECT_GT(pushed_in_child, pushed / 2);
  EXPECT_EQ(drain(ring, budget), pushed_in_child);
}

TEST(Ring, ForgetsAllInTheChildOfAFork) {
  Ring ring;
  MemoryBudget budget(64U << 20U);
  {
    const ergon::test::LeaksOnPurpose leaks;
    for (std::uint64_t number = 0; number < 1'000; ++number) push(ring, budget, 64, number);
  }
  budget.reset_after_fork();
  ring.reset_after_fork(budget);
  EXPECT_TRUE(ring.is_drained());
  ASSERT_TRUE(push(ring, budget, 64, 7));
  EXPECT_EQ(drain(ring, budget), 1U);
  EXPECT_LT(budget.used(), 200 * 64U * 10U);
}

}  // namespace
}  // namespace ergon::telemetry::test
