#include "telemetry/worker/replay_buffer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace ergon::telemetry {
namespace {

// A record that says which it is by its ticks.
struct Made {
  LogRecord record{};
  std::array<std::byte, 160> text{};

  Made(std::uint64_t number, std::uint32_t root) {
    record.header.size = sizeof(Made);
    record.header.ticks = number;
    record.context.trace_id.bytes.fill(7);
    record.local_root = root;
  }
};
static_assert(sizeof(Made) == 256);

LocalRootEnd end_of(std::uint32_t root, bool has_failed) {
  LocalRootEnd end{};
  end.trace_id.bytes.fill(7);
  end.local_root = root;
  end.has_failed = has_failed;
  return end;
}

class ReplayBufferTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kLimit = 8U << 20U;

  ReplayBufferTest() { budget_.set_limit(kLimit); }

  static std::vector<std::uint64_t> take(ReplayBuffer& buffer) {
    std::vector<std::uint64_t> numbers;
    for (; buffer.next() != nullptr; buffer.pop()) numbers.push_back(buffer.next()->header.ticks);
    return numbers;
  }

  MemoryBudget budget_{0};
};

TEST_F(ReplayBufferTest, TakesItsPartOfTheBudgetAndGivesItBack) {
  const std::size_t before = budget_.used();
  {
    ReplayBuffer buffer(budget_, 10);
    EXPECT_EQ(budget_.used() - before, kLimit / 32);
  }
  EXPECT_EQ(budget_.used(), before);
}

// The oldest transactions go; the failure of the others is still replayed as a whole.
TEST_F(ReplayBufferTest, DropsTheOldestTransactionsForLackOfMemory) {
  ReplayBuffer buffer(budget_, 1'000);
  constexpr std::uint32_t kRoots = 400;
  constexpr std::uint64_t kEach = 5;
  for (std::uint32_t root = 1; root <= kRoots; ++root) {
    for (std::uint64_t i = 0; i < kEach; ++i) EXPECT_TRUE(buffer.hold(Made(root * 10 + i, root).record));
    EXPECT_LE(buffer.held_bytes(), kLimit / 32);
  }
  EXPECT_GT(buffer.evicted(), 0U);
  EXPECT_EQ(buffer.evicted() % kEach, 0U);
  EXPECT_EQ(buffer.evicted() + buffer.held(), kRoots * kEach);
  buffer.end(end_of(1, true));
  EXPECT_TRUE(take(buffer).empty());
  buffer.end(end_of(kRoots, true));
  EXPECT_EQ(take(buffer), (std::vector<std::uint64_t>{4'000, 4'001, 4'002, 4'003, 4'004}));
}

TEST_F(ReplayBufferTest, DropsARecordThatIsLargerThanAllThatMayWait) {
  budget_.set_limit(4'096);
  ReplayBuffer buffer(budget_, 1'000);
  EXPECT_TRUE(buffer.hold(Made(1, 1).record));
  EXPECT_EQ(buffer.evicted(), 1U);
  EXPECT_EQ(buffer.held(), 0U);
}

// Errors that nothing waited for are remembered, too, and make room as all else does.
TEST_F(ReplayBufferTest, HoldsNoMoreThanItsPartOfRootsThatFailedAndNeverEnd) {
  ReplayBuffer buffer(budget_, 10);
  for (std::uint32_t root = 1; root <= 10'000; ++root) buffer.note_error(Made(root, root).record);
  EXPECT_LE(buffer.held_bytes(), kLimit / 32);
  EXPECT_FALSE(buffer.hold(Made(1, 10'000).record)) << "the last ones are known";
}

TEST_F(ReplayBufferTest, ReplaysAllOfACrash) {
  ReplayBuffer buffer(budget_, 10);
  for (std::uint32_t root = 1; root <= 3; ++root) EXPECT_TRUE(buffer.hold(Made(root, root).record));
  buffer.replay_all();
  EXPECT_EQ(take(buffer), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(buffer.held_bytes(), 0U);
}

// Against a model without limits, over random transactions.
TEST_F(ReplayBufferTest, ReplaysWhatAModelDoes) {
  struct Model {
    std::vector<std::uint64_t> waiting;
    bool has_failed{false};
  };
  constexpr std::size_t kKeep = 4;
  std::mt19937 random(20'261'130);
  ReplayBuffer buffer(budget_, kKeep);
  std::map<std::uint32_t, Model> open;
  std::vector<std::uint64_t> expected;
  std::vector<std::uint64_t> replayed;
  std::uint64_t held = 0;
  const auto replay = [&](Model& one) {
    const auto count = std::min(one.waiting.size(), kKeep);
    expected.insert(expected.end(), one.waiting.end() - static_cast<std::ptrdiff_t>(count),
                    one.waiting.end());
    one.waiting.clear();
  };
  std::uint32_t first_root = 1;
  for (std::uint64_t number = 1; number < 20'000; ++number) {
    const std::uint32_t root = first_root + random() % 8;
    Model& one = open[root];
    const auto act = random() % 20;
    if (act < 16) {
      const bool goes_on = !buffer.hold(Made(number, root).record);
      ASSERT_EQ(goes_on, one.has_failed);
      if (!goes_on) one.waiting.push_back(number);
      if (!goes_on) ++held;
    } else if (act == 16) {
      buffer.note_error(Made(number, root).record);
      one.has_failed = true;
      replay(one);
    } else if (root == first_root) {
      buffer.end(end_of(root, act == 17));
      if (one.has_failed || act == 17) replay(one);
      open.erase(root);
      ++first_root;
    }
    for (const std::uint64_t one : take(buffer)) replayed.push_back(one);
  }
  buffer.leave_out_all();
  EXPECT_EQ(replayed, expected);
  EXPECT_GT(expected.size(), 1'000U);
  EXPECT_EQ(expected.size() + buffer.left_out(), held);
  EXPECT_EQ(buffer.held_bytes(), 0U);
}

}  // namespace
}  // namespace ergon::telemetry
