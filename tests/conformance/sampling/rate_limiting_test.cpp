#include "telemetry/sampling/rate_limiting_sampler.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace ergon::telemetry::test {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kStart = 5 * kSecond;

int taken_at(const RateLimitingSampler& sampler, std::uint64_t now, int attempts = 1'000) {
  int taken = 0;
  for (int i = 0; i < attempts; ++i) taken += sampler.take(now) ? 1 : 0;
  return taken;
}

TEST(RateLimiting, AllowsASecondsWorthAtOnceAndThenItsRate) {
  const RateLimitingSampler sampler(10);
  EXPECT_EQ(taken_at(sampler, kStart), 10);
  EXPECT_EQ(taken_at(sampler, kStart + kSecond / 10), 1);
  EXPECT_EQ(taken_at(sampler, kStart + kSecond / 2), 4);
  EXPECT_EQ(taken_at(sampler, kStart + 60 * kSecond), 10) << "no more is saved up";
}

TEST(RateLimiting, AllowsLessThanOneASecond) {
  const RateLimitingSampler sampler(0.1);
  EXPECT_EQ(taken_at(sampler, kStart), 1);
  EXPECT_EQ(taken_at(sampler, kStart + 9 * kSecond), 0);
  EXPECT_EQ(taken_at(sampler, kStart + 10 * kSecond), 1);
}

TEST(RateLimiting, AllowsNothingAtZero) { EXPECT_EQ(taken_at(RateLimitingSampler(0), kStart), 0); }

TEST(RateLimiting, HoldsForAllThreadsTogetherConcurrentSafe) {
  const RateLimitingSampler sampler(1'000);
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { taken += taken_at(sampler, kStart, 10'000); });
  }
  EXPECT_EQ(taken, 1'000);
}

}  // namespace
}  // namespace ergon::telemetry::test
