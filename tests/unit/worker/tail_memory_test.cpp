#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "support/allocation_count.hpp"
#include "unit/support_engine/tail_decision_stage.hpp"

// What the tail decision does where the memory for waiting spans ends.
namespace ergon::telemetry::test {
namespace {

class TailMemory : public TailDecisionStage {
 protected:
  [[nodiscard]] std::size_t promised() const { return budget_.limit() / 32 * 3; }
};

TEST_F(TailMemory, TakesItsShareOfTheBudgetForItsWholeLife) {
  make(options());
  const std::size_t taken = budget_.used();
  EXPECT_GE(taken, promised());
  take({.name = "child", .number = 2, .root_number = 1});
  EXPECT_EQ(budget_.used(), taken);
  while (budget_.try_take(Signal::spans, 1'000)) {
  }
  for (std::uint8_t number = 3; number < 100; ++number)
    take({.name = "child", .number = number, .root_number = 1});
  EXPECT_EQ(tail_->held(), 98U) << "though others have taken all there was";
}

TEST_F(TailMemory, HoldsNoMoreOfTheHeapThanItsLimit) {
  make(options());
  const std::size_t before = ergon::test::heap_bytes();
  if (before == 0) GTEST_SKIP() << "a sanitizer has the allocator";
  std::size_t most = 0;
  for (std::uint64_t trace = 0; trace < 5'000; ++trace) {
    for (std::uint8_t number = 2; number < 6; ++number)
      take({.name = std::string(100 * number, 'x'), .number = number, .root_number = 1, .randomness = trace});
    most = std::max(most, ergon::test::heap_bytes() - before);
  }
  EXPECT_LE(most, promised());
  EXPECT_GT(most, promised() / 2);
  EXPECT_GT(tail_->evicted(), 10'000U);
}

TEST_F(TailMemory, DropsTheOldestWhereMemoryIsFull) {
  make(options());
  const std::string large(100'000, 'x');
  int taken = 0;
  while (tail_->evicted() == 0 && taken < 100) {
    const auto root = static_cast<std::uint8_t>(2 * taken + 1);
    take({.name = large, .number = static_cast<std::uint8_t>(root + 1), .root_number = root});
    EXPECT_LE(tail_->held_bytes(), promised());
    ++taken;
  }
  EXPECT_EQ(tail_->evicted(), 1U);
  EXPECT_EQ(tail_->held(), static_cast<std::uint64_t>(taken - 1));
  EXPECT_GT(taken, 5);
  take({.name = "first", .number = 1, .root_number = 1, .status = StatusCode::error});
  EXPECT_EQ(kept(), (Names{"first ot=th:0"})) << "what comes yet is kept if it fails";
  tail_.reset();
  EXPECT_EQ(budget_.used(), 0U) << "all is given back";
}

TEST_F(TailMemory, KeepsTheOldestWhereMemoryIsFullIfItFailed) {
  make(options());
  const std::string large(100'000, 'x');
  take({.name = "failed",
        .number = 2,
        .root_number = 1,
        .status = StatusCode::error,
        .state = "a=" + std::string(100, 'b')});
  for (std::uint8_t number = 4; !has_kept() && number < 200; number += 2)
    take({.name = large, .number = number, .root_number = static_cast<std::uint8_t>(number - 1)});
  EXPECT_EQ(kept(), (Names{"failed a=" + std::string(100, 'b')}));
  EXPECT_LE(tail_->evicted(), 1U) << "the failed one was small";
  take({.name = "late", .number = 9, .root_number = 1});
  take({.name = "root", .number = 1, .root_number = 1});
  EXPECT_EQ(kept(), (Names{"late", "root"})) << "and all that follows";
}

TEST_F(TailMemory, DropsWhatAloneIsTooLarge) {
  make(options());
  take({.name = std::string(2U << 20U, 'x'), .number = 2, .root_number = 1, .status = StatusCode::error});
  EXPECT_EQ(tail_->evicted(), 1U);
  EXPECT_EQ(tail_->held(), 0U);
}

TEST_F(TailMemory, MakesRoomOfTheVeryLocalRootThatNeedsIt) {
  make(options());
  const std::string large(100'000, 'x');
  take({.name = large, .number = 2, .root_number = 1, .status = StatusCode::error});
  std::size_t taken = 1;
  for (; !has_kept() && taken < 100; ++taken)
    take({.name = large, .number = static_cast<std::uint8_t>(2 + taken), .root_number = 1});
  EXPECT_EQ(tail_->evicted(), 0U);
  EXPECT_GT(taken, 5U);
  EXPECT_EQ(kept().size(), taken) << "the span that needed room follows the others";
  EXPECT_EQ(tail_->held(), 0U);
  EXPECT_EQ(tail_->held_bytes(), 0U);
  tail_.reset();
  EXPECT_EQ(budget_.used(), 0U);
}

}  // namespace
}  // namespace ergon::telemetry::test
