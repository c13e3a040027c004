#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

#include "conformance/sampling/asked.hpp"
#include "telemetry/record/probability_state.hpp"

// trace/tracestate-probability-sampling.md and trace/tracestate-handling.md.
namespace ergon::telemetry::test {
namespace {

constexpr std::uint64_t kAll = (std::uint64_t{1} << 56U) - 1;

Answer ask_probability(double ratio, std::uint64_t randomness, std::string_view state = {}) {
  const auto sampler = make_sampler(Probability{ratio});
  Question question{.trace_id = trace_id_of(randomness)};
  if (!state.empty()) question.parent = parent_with(SpanContext::kSampled, true, state);
  return ask(*sampler, question);
}

std::string state_of(double ratio) {
  return std::string(ask_probability(ratio, kAll).trace_state.to_header());
}

TEST(Probability, SaysItsThresholdWithoutTrailingZeros) {
  EXPECT_EQ(state_of(1), "ot=th:0");
  EXPECT_EQ(state_of(0.75), "ot=th:4");
  EXPECT_EQ(state_of(0.5), "ot=th:8");
  EXPECT_EQ(state_of(0.25), "ot=th:c");
  EXPECT_EQ(state_of(0.125), "ot=th:e");
}

TEST(Probability, RoundsItsThresholdToFourDigitsThatMatter) {
  EXPECT_EQ(state_of(0.01), "ot=th:fd70a");
  EXPECT_EQ(state_of(1.0 / 3), "ot=th:aaab");
  EXPECT_EQ(state_of(2.0 / 3), "ot=th:5555");
  EXPECT_EQ(state_of(0.999), "ot=th:004189");
  EXPECT_EQ(state_of(0x1p-56), "ot=th:ffffffffffffff");
}

TEST(Probability, SamplesFromItsThresholdOn) {
  EXPECT_TRUE(ask_probability(0.5, kAll / 2 + 1).is_sampled);
  EXPECT_FALSE(ask_probability(0.5, kAll / 2).is_sampled);
  EXPECT_TRUE(ask_probability(1, 0).is_sampled);
  EXPECT_FALSE(ask_probability(0, kAll).is_sampled);
  EXPECT_TRUE(ask_probability(0, kAll).trace_state.is_empty());
}

TEST(Probability, PrefersTheStatesRandomnessToTheIds) {
  EXPECT_TRUE(ask_probability(0.5, 0, "ot=rv:80000000000000").is_sampled);
  EXPECT_FALSE(ask_probability(0.5, kAll, "ot=rv:7fffffffffffff").is_sampled);
}

TEST(Probability, IgnoresRandomnessThatIsNoneOfFourteenLowerCaseDigits) {
  for (const char* state : {"ot=rv:8000000000000", "ot=rv:800000000000000", "ot=rv:8000000000000G",
                            "ot=rv:F0000000000000", "ot=rv:"}) {
    EXPECT_FALSE(ask_probability(0.5, 0, state).is_sampled) << state;
    EXPECT_TRUE(ask_probability(0.5, kAll, state).is_sampled) << state;
  }
}

TEST(Probability, ReplacesTheThresholdAndKeepsEverythingElse) {
  EXPECT_EQ(ask_probability(0.5, kAll, "ot=th:c;rv:80000000000000;xy:1,vendor=a").trace_state.to_header(),
            "ot=th:8;rv:80000000000000;xy:1,vendor=a");
  EXPECT_EQ(ask_probability(0.5, kAll, "vendor=a").trace_state.to_header(), "ot=th:8,vendor=a");
}

TEST(Probability, TakesTheThresholdAwayFromWhatItDrops) {
  EXPECT_EQ(ask_probability(0.5, 0, "ot=th:c;xy:1,vendor=a").trace_state.to_header(), "ot=xy:1,vendor=a");
  EXPECT_EQ(ask_probability(0.5, 0, "vendor=a,ot=th:c").trace_state.to_header(), "vendor=a");
  EXPECT_EQ(ask_probability(0.5, 0, "vendor=a").trace_state.to_header(), "vendor=a");
}

// trace/tracestate-handling.md: 256 characters at most, and what others wrote is preserved. Without a
// threshold the probability is unknown, which is no lie.
TEST(Probability, PrefersWhatOthersWroteToItsThreshold) {
  const std::string longest = "xy:" + std::string(253, 'a');
  EXPECT_EQ(ask_probability(0.5, kAll, "ot=" + longest).trace_state.get("ot"), longest);
  const std::string randomness = "rv:80000000000000";
  for (const std::size_t size : {256U, 255U, 252U}) {
    const std::string filler = "xy:" + std::string(size - randomness.size() - 4, 'a');
    for (const std::string& entry : {randomness + ";" + filler, filler + ";" + randomness}) {
      ASSERT_EQ(entry.size(), size);
      EXPECT_EQ(ask_probability(0.5, 0, "ot=" + entry).trace_state.get("ot"), entry) << "sampled by rv";
      EXPECT_TRUE(ask_probability(0.5, 0, "ot=" + entry).is_sampled);
    }
  }
  const std::string fits = "xy:" + std::string(248, 'a');
  EXPECT_EQ(ask_probability(0.5, kAll, "ot=" + fits).trace_state.get("ot"), "th:8;" + fits);
}

TEST(Probability, TakesAStaleThresholdAwayWhereItsOwnDoesNotFit) {
  const std::string filler = "xy:" + std::string(246, 'a');
  EXPECT_EQ(ask_probability(0.01, kAll, "ot=th:8;" + filler).trace_state.get("ot"), filler);
}

// Each key once, `k:v;k:v`: what has no value is nobody's.
TEST(Probability, LeavesOutWhatIsNoEntry) {
  EXPECT_EQ(ask_probability(0.5, kAll, "ot=xy:1;junk;zz:2").trace_state.get("ot"), "th:8;xy:1;zz:2");
}

TEST(ThresholdEntry, IsReadAsOneTo14LowerCaseDigitsPaddedWithZeros) {
  const auto read = [](const std::string& digits) {
    return threshold_in(TraceState::parse("ot=th:" + digits));
  };
  EXPECT_EQ(read("0"), 0U);
  EXPECT_EQ(read("8"), 0x80000000000000U);
  EXPECT_EQ(read("c"), 0xC0000000000000U);
  EXPECT_EQ(read("fd70a"), 0xFD70A000000000U);
  EXPECT_EQ(read("00000000000001"), 1U);
  EXPECT_EQ(read(""), std::nullopt);
  EXPECT_EQ(read("C"), std::nullopt);
  EXPECT_EQ(read("8g"), std::nullopt);
  EXPECT_EQ(read("000000000000001"), std::nullopt) << "15 digits";
}

struct Adjusted {
  double ratio;
  const char* entry;
  double count;  // how many traces one that is sampled stands for: 2^56 / (2^56 - T)
};

class AdjustedCount : public testing::TestWithParam<Adjusted> {};

TEST_P(AdjustedCount, FollowsFromTheThreshold) {
  const auto answer = ask_probability(GetParam().ratio, kAll, "");
  EXPECT_EQ(answer.trace_state.get("ot"), GetParam().entry);
  const auto threshold = threshold_in(answer.trace_state);
  ASSERT_TRUE(threshold);
  const double all = std::ldexp(1.0, 56);
  EXPECT_NEAR(all / (all - static_cast<double>(*threshold)), GetParam().count, GetParam().count * 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Ratios, AdjustedCount,
                         testing::Values(Adjusted{1, "th:0", 1}, Adjusted{0.5, "th:8", 2},
                                         Adjusted{0.25, "th:c", 4}, Adjusted{0.01, "th:fd70a", 100},
                                         Adjusted{0.001, "th:ffbe77", 1'000}));

}  // namespace
}  // namespace ergon::telemetry::test
