#include <gtest/gtest.h>

#include <string>

#include "conformance/sampling/asked.hpp"

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

TEST(Probability, KeepsTheEntryWithinItsLength) {
  const std::string longest = "xy:" + std::string(253, 'a');
  const std::string state(ask_probability(0.5, kAll, "ot=" + longest).trace_state.get("ot"));
  EXPECT_EQ(state, "th:8");
}

}  // namespace
}  // namespace ergon::telemetry::test
