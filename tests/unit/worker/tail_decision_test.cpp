#include "telemetry/worker/tail_decision.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "unit/support_engine/tail_decision_stage.hpp"

namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;

class TailDecisionTest : public TailDecisionStage {};

TEST_F(TailDecisionTest, HoldsSpansUntilTheirLocalRootEnds) {
  make(options());
  take({.name = "child", .number = 2, .root_number = 1});
  take({.name = "failed", .number = 3, .root_number = 1, .status = StatusCode::error});
  EXPECT_EQ(kept(), Names{});
  EXPECT_EQ(tail_->held(), 2U);
  take({.name = "root", .number = 1, .root_number = 1});
  EXPECT_EQ(tail_->held(), 3U) << "until they are taken out";
  EXPECT_EQ(kept(), (Names{"child ot=th:0", "failed ot=th:0", "root ot=th:0"}));
  EXPECT_EQ(tail_->held(), 0U);
}

TEST_F(TailDecisionTest, LeavesOutWhatIsNeitherFailedNorSlowNorWithinTheRatio) {
  make(options(0.25));
  take({.name = "child", .number = 2, .root_number = 1});
  take({.name = "root", .number = 1, .root_number = 1, .duration = 500ms});
  EXPECT_EQ(kept(), Names{}) << "not slower than 500 ms";
  EXPECT_EQ(tail_->sampled_out(), 2U);
  EXPECT_EQ(tail_->held(), 0U);
}

TEST_F(TailDecisionTest, KeepsWhatIsSlow) {
  make(options());
  take({.name = "child", .number = 2, .root_number = 1, .duration = 1s});
  take({.name = "root", .number = 1, .root_number = 1, .duration = 500ms});
  EXPECT_EQ(kept(), Names{}) << "the root's length counts";
  take({.name = "child", .number = 4, .root_number = 3});
  take({.name = "root", .number = 3, .root_number = 3, .duration = 501ms});
  EXPECT_EQ(kept(), (Names{"child ot=th:0", "root ot=th:0"}));
}

TEST_F(TailDecisionTest, LooksForErrorsOnlyIfAsked) {
  KeepOptions without = options();
  without.errors = false;
  make(without);
  take({.name = "root", .number = 1, .root_number = 1, .status = StatusCode::error});
  EXPECT_EQ(kept(), Names{});
}

TEST_F(TailDecisionTest, KeepsTheRestByTheRandomnessOfTheTrace) {
  make(options(0.5));
  take({.name = "below", .number = 1, .root_number = 1, .randomness = kHalf - 1});
  take({.name = "at", .number = 2, .root_number = 2, .randomness = kHalf});
  take({.name = "own", .number = 3, .root_number = 3, .randomness = 0, .state = "ot=rv:80000000000000"});
  take({.name = "own", .number = 4, .root_number = 4, .state = "ot=rv:7fffffffffffff"});
  EXPECT_EQ(kept(), (Names{"at ot=th:8", "own ot=th:8;rv:80000000000000"}));
}

TEST_F(TailDecisionTest, SaysTheLargerThresholdOfHeadAndRatio) {
  make(options(0.5));
  const std::uint64_t high = kNeverSampled - 1;
  take({.name = "a", .number = 1, .root_number = 1, .randomness = high, .state = "ot=th:c"});
  take({.name = "b", .number = 2, .root_number = 2, .randomness = high, .state = "ot=th:4,x=y"});
  EXPECT_EQ(kept(), (Names{"a ot=th:c", "b ot=th:8,x=y"}));
}

TEST_F(TailDecisionTest, SaysTheHeadsThresholdOfWhatFailed) {
  make(options(0.5));
  const std::uint64_t high = kNeverSampled - 1;
  take({.name = "a",
        .number = 1,
        .root_number = 1,
        .randomness = high,
        .status = StatusCode::error,
        .state = "ot=th:4"});
  take({.name = "b",
        .number = 2,
        .root_number = 2,
        .randomness = 0,
        .status = StatusCode::error,
        .is_sampled = false});
  take({.name = "c",
        .number = 3,
        .root_number = 3,
        .randomness = 0,
        .status = StatusCode::error,
        .state = "ot=th:8",
        .is_sampled = false});
  EXPECT_EQ(kept(), (Names{"a ot=th:4", "b", "c"})) << "what the head left out has no number";
}

TEST_F(TailDecisionTest, SaysNothingWhereTheHeadsThresholdIsNotKnown) {
  make(options(0.5));
  take({.name = "of another process", .number = 1, .root_number = 1, .has_parent = true});
  KeepOptions unknown = options(0.5);
  unknown.head.reset();
  make(unknown);
  take({.name = "of a rate", .number = 1, .root_number = 1});
  EXPECT_EQ(kept(), (Names{"of a rate"}));
}

TEST_F(TailDecisionTest, SaysAThresholdThatHoldsForSpansWithParents) {
  KeepOptions all = options(0.5);
  all.head = HeadThreshold{.threshold = kHalf / 2, .is_of_roots = false};
  make(all);
  take({.name = "root", .number = 1, .root_number = 1, .status = StatusCode::error, .has_parent = true});
  EXPECT_EQ(kept(), (Names{"root ot=th:4"}));
}

TEST_F(TailDecisionTest, LeavesWhatTheHeadLeftOutOutOfTheRatio) {
  make(options(1));
  take({.name = "child", .number = 2, .root_number = 1, .is_sampled = false});
  take({.name = "root", .number = 1, .root_number = 1});
  EXPECT_EQ(kept(), (Names{"root ot=th:0"}));
  EXPECT_EQ(tail_->sampled_out(), 1U);
}

TEST_F(TailDecisionTest, DecidesTheSameOfSpansThatEndLater) {
  make(options());
  take({.name = "failed", .number = 1, .root_number = 1, .status = StatusCode::error});
  take({.name = "well", .number = 2, .root_number = 2});
  take({.name = "late", .number = 3, .root_number = 1});
  take({.name = "late and failed", .number = 4, .root_number = 2, .status = StatusCode::error});
  EXPECT_EQ(kept(), (Names{"failed ot=th:0", "late ot=th:0"}));
  EXPECT_EQ(tail_->held(), 0U);
  EXPECT_EQ(tail_->sampled_out(), 2U);
}

TEST_F(TailDecisionTest, DecidesEachLocalRootOfATraceByItself) {
  make(options());
  take({.name = "child of b", .number = 4, .root_number = 2});
  take({.name = "a", .number = 1, .root_number = 1, .has_parent = true});
  EXPECT_EQ(tail_->sampled_out(), 1U);
  take({.name = "b", .number = 2, .root_number = 2, .status = StatusCode::error, .has_parent = true});
  EXPECT_EQ(kept(), (Names{"child of b", "b"}));
}

TEST_F(TailDecisionTest, DecidesOnAllThatWaits) {
  make(options(0.5));
  take({.name = "well", .number = 2, .root_number = 1, .randomness = 0});
  take({.name = "failed", .number = 4, .root_number = 3, .randomness = 0, .status = StatusCode::error});
  take({.name = "within", .number = 6, .root_number = 5});
  tail_->decide_all();
  EXPECT_EQ(kept(), (Names{"failed", "within"}));
  EXPECT_EQ(tail_->sampled_out(), 1U);
  EXPECT_EQ(tail_->held(), 0U);
  EXPECT_EQ(tail_->evicted(), 0U);
}

// Their local root takes that long at least, whether it is open or its end was lost.
TEST_F(TailDecisionTest, TakesSpansThatLieFarApartForSlow) {
  make(options());
  const auto take_two = [&](std::uint8_t root, std::chrono::nanoseconds last) {
    const auto number = static_cast<std::uint8_t>(root + 1);
    take({.name = "last", .number = number, .root_number = root, .start = 2s + 400ms, .duration = last});
    take({.name = "first", .number = number, .root_number = root, .start = 2s, .duration = 1ms});
  };
  take_two(1, 100ms);
  take_two(3, 101ms);
  tail_->decide_all();
  EXPECT_EQ(kept(), (Names{"last", "first"})) << "500 ms are not slow yet";
  EXPECT_EQ(tail_->sampled_out(), 2U);
}

}  // namespace
}  // namespace ergon::telemetry::test
