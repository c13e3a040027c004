#include "telemetry/worker/tail_decision.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include "base/wire.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/probability_state.hpp"

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kHalf = kNeverSampled / 2;

// A span of a local root of so high a randomness, all made up.
struct Told {
  std::string name;
  std::uint8_t number;
  std::uint8_t root_number;  // of its local root
  std::uint64_t randomness{kHalf};
  StatusCode status{StatusCode::unset};
  std::string state{};
  bool is_sampled{true};
  bool has_parent{false};  // of a local root, in another process
  std::chrono::nanoseconds duration{0};
};

SpanId id_of(std::uint8_t number) {
  return {{number, number, number, number, number, number, number, number}};
}

class TailDecisionTest : public ::testing::Test {
 protected:
  TailDecisionTest() { budget_.set_limit(8U << 20U); }

  void make(const KeepOptions& options) { tail_.emplace(budget_, options); }

  void take(const Told& told, Clock::time_point now = Clock::time_point{}) {
    SpanRecord record{};
    record.context.trace_id.bytes.fill(0xab);
    const std::uint64_t low = __builtin_bswap64(told.randomness | 0xab00'0000'0000'0000U);
    std::memcpy(record.context.trace_id.bytes.data() + 8, &low, sizeof low);
    record.context.span_id = id_of(told.number);
    record.local_root = local_root_bits(id_of(told.root_number));
    if (told.number != told.root_number || told.has_parent) record.parent_span_id = id_of(99);
    record.parent_is_remote = told.has_parent;
    record.status = told.status;
    std::string message;
    base::wire::append_field(message, 5, told.name);
    if (!told.state.empty()) base::wire::append_field(message, 3, told.state);
    tail_->take(record, told.is_sampled, told.duration, message, now);
  }

  // Names of what was kept since the last look, with their last states behind.
  std::vector<std::string> kept() {
    std::vector<std::string> kept;
    while (const HeldSpan* span = tail_->next_kept()) {
      kept.push_back(text_of(span->message));
      tail_->pop_kept();
    }
    return kept;
  }

  MemoryBudget budget_{64U << 10U};
  std::optional<TailDecision> tail_;

 private:
  static std::string text_of(std::string_view message) {
    std::string name;
    std::string state;
    while (message.size() >= 2) {  // short fields with tags and lengths of one byte
      const auto length = static_cast<std::size_t>(message[1]);
      (message[0] == 5 * 8 + 2 ? name : state) = message.substr(2, length);
      message.remove_prefix(2 + length);
    }
    return state.empty() ? name : name + " " + state;
  }
};

KeepOptions options(double ratio = 0) {
  return {.errors = true,
          .slower_than = 500ms,
          .threshold = rounded_threshold(ratio),
          .head = HeadThreshold{.threshold = kAlwaysSampled, .is_of_roots = true}};
}

using Names = std::vector<std::string>;

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
  const Clock::time_point start{};
  take({.name = "well", .number = 2, .root_number = 1, .randomness = 0}, start + 1s);
  take({.name = "failed", .number = 4, .root_number = 3, .randomness = 0, .status = StatusCode::error},
       start + 1s);
  take({.name = "within", .number = 6, .root_number = 5}, start + 1s);
  take({.name = "long ago", .number = 8, .root_number = 7, .randomness = 0}, start);
  tail_->decide_all(start + 1s + 400ms);
  EXPECT_EQ(kept(), (Names{"failed", "within", "long ago"}));
  EXPECT_EQ(tail_->sampled_out(), 1U);
  EXPECT_EQ(tail_->held(), 0U);
  EXPECT_EQ(tail_->evicted(), 0U);
}

TEST_F(TailDecisionTest, DropsTheOldestWhereMemoryIsFull) {
  make(options());
  const std::size_t before = budget_.used();
  const std::string large(100'000, 'x');
  int taken = 0;
  while (tail_->evicted() == 0 && taken < 100) {
    const auto root = static_cast<std::uint8_t>(2 * taken + 1);
    take({.name = large, .number = static_cast<std::uint8_t>(root + 1), .root_number = root});
    EXPECT_LE(budget_.used() - before, tail_->limit());
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

TEST_F(TailDecisionTest, KeepsTheOldestWhereMemoryIsFullIfItFailed) {
  make(options());
  const std::string large(100'000, 'x');
  take({.name = "failed",
        .number = 2,
        .root_number = 1,
        .status = StatusCode::error,
        .state = "a=" + std::string(100, 'b')});
  for (std::uint8_t number = 4; tail_->next_kept() == nullptr && number < 200; number += 2)
    take({.name = large, .number = number, .root_number = static_cast<std::uint8_t>(number - 1)});
  EXPECT_EQ(kept(), (Names{"failed a=" + std::string(100, 'b')}));
  EXPECT_LE(tail_->evicted(), 1U) << "the failed one was small";
  take({.name = "late", .number = 9, .root_number = 1});
  take({.name = "root", .number = 1, .root_number = 1});
  EXPECT_EQ(kept(), (Names{"late", "root"})) << "and all that follows";
}

TEST_F(TailDecisionTest, DropsWhatAloneIsTooLarge) {
  make(options());
  take({.name = std::string(2U << 20U, 'x'), .number = 2, .root_number = 1, .status = StatusCode::error});
  EXPECT_EQ(tail_->evicted(), 1U);
  EXPECT_EQ(tail_->held(), 0U);
}

TEST_F(TailDecisionTest, MakesRoomOfTheVeryLocalRootThatNeedsIt) {
  make(options());
  const std::string large(100'000, 'x');
  take({.name = large, .number = 2, .root_number = 1, .status = StatusCode::error});
  for (std::uint8_t number = 3; tail_->next_kept() == nullptr && number < 100; ++number)
    take({.name = large, .number = number, .root_number = 1});
  EXPECT_EQ(tail_->evicted(), 0U);
  EXPECT_GT(tail_->held(), 5U);
  while (tail_->next_kept() != nullptr) tail_->pop_kept();
  EXPECT_EQ(tail_->held(), 0U) << "the span that needed room follows the others";
  tail_.reset();
  EXPECT_EQ(budget_.used(), 0U);
}

}  // namespace
}  // namespace ergon::telemetry
