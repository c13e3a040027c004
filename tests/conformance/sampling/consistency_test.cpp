#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "conformance/sampling/asked.hpp"
#include "telemetry/record/probability_state.hpp"

namespace ergon::telemetry::test {
namespace {

constexpr int kIds = 1'000'000;

// Within the binomial distribution's 99.9 % interval.
void expect_share(int sampled, double ratio) {
  const double expected = ratio * kIds;
  const double deviation = std::sqrt(kIds * ratio * (1 - ratio));
  EXPECT_NEAR(sampled, expected, 3.2906 * deviation + 1) << "of ratio " << ratio;
}

// trace/tracestate-probability-sampling.md: the same trace, decided with a lower ratio, is a part of what a
// higher one takes. trace/sdk.md#traceidratiobased asks for the same.
template <class Config>
void expect_nested_shares() {
  const std::vector<double> ratios{0.9, 0.5, 0.25, 0.1, 0.01, 0.001};
  std::vector<std::unique_ptr<const SpanSampler>> samplers;
  for (const double ratio : ratios) samplers.push_back(make_sampler(Config{ratio}));
  std::vector<int> sampled(ratios.size());
  std::mt19937_64 random(1);
  for (int i = 0; i < kIds; ++i) {
    const Question question{.trace_id = random_trace_id(random)};
    bool by_higher = true;
    for (std::size_t at = 0; at < samplers.size(); ++at) {
      const bool is_sampled = ask(*samplers[at], question).is_sampled;
      ASSERT_TRUE(by_higher || !is_sampled) << question.trace_id.to_hex() << " by " << ratios[at] << " alone";
      sampled[at] += is_sampled ? 1 : 0;
      by_higher = is_sampled;
    }
  }
  for (std::size_t at = 0; at < ratios.size(); ++at) expect_share(sampled[at], ratios[at]);
}

TEST(Consistency, RatiosAreNestedSharesOfTraceIds) { expect_nested_shares<TraceIdRatioBased>(); }

TEST(Consistency, ProbabilitiesAreNestedSharesOfTraceIds) { expect_nested_shares<Probability>(); }

// Our choice for the algorithm that the specification leaves open: that of its successor.
TEST(Consistency, RatioAndProbabilityDecideAlike) {
  for (const double ratio : {0.9, 1.0 / 3, 0.01, 0.001}) {
    const auto by_ratio = make_sampler(TraceIdRatioBased{ratio});
    const auto by_probability = make_sampler(Probability{ratio});
    const std::uint64_t threshold = rounded_threshold(ratio);
    for (const std::uint64_t randomness : {threshold - 1, threshold, threshold + 1}) {
      const Question question{.trace_id = trace_id_of(randomness)};
      EXPECT_EQ(ask(*by_ratio, question).is_sampled, randomness >= threshold);
      EXPECT_EQ(ask(*by_probability, question).is_sampled, randomness >= threshold);
    }
    std::mt19937_64 random(3);
    for (int i = 0; i < kIds / 4; ++i) {
      const Question question{.trace_id = random_trace_id(random)};
      ASSERT_EQ(ask(*by_ratio, question).is_sampled, ask(*by_probability, question).is_sampled);
    }
  }
}

// One bit a decision.
template <class Config>
std::vector<std::uint8_t> decisions() {
  const auto sampler = make_sampler(Config{0.3});
  std::vector<std::uint8_t> bits(1'000);
  std::mt19937_64 random(2);
  for (std::uint8_t& byte : bits) {
    for (int bit = 0; bit < 8; ++bit)
      byte = static_cast<std::uint8_t>(byte << 1U) |
             (ask(*sampler, {.trace_id = random_trace_id(random)}).is_sampled ? 1U : 0U);
  }
  return bits;
}

template <class Config>
void expect_alike_in_two_processes() {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto bits = decisions<Config>();
    ::_exit(::write(ends[1], bits.data(), bits.size()) == static_cast<ssize_t>(bits.size()) ? 0 : 1);
  }
  const auto mine = decisions<Config>();
  std::vector<std::uint8_t> theirs(mine.size());
  ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), static_cast<ssize_t>(theirs.size()));
  ::close(ends[0]);
  ::close(ends[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(mine, theirs);
}

TEST(Consistency, TwoProcessesDecideAlike) {
  expect_alike_in_two_processes<TraceIdRatioBased>();
  expect_alike_in_two_processes<Probability>();
}

}  // namespace
}  // namespace ergon::telemetry::test
