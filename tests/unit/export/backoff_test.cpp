#include "telemetry/export/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;

std::chrono::duration<double> seconds(std::chrono::nanoseconds time) { return time; }

TEST(Backoff, GrowsByHalfAndStaysWithinItsJitter) {
  Backoff backoff{OtlpRetry{}};
  for (int attempt = 1; attempt <= 12; ++attempt) {
    const double base = std::min(5.0, std::pow(1.5, attempt - 1));
    double least = 1e9;
    double most = 0;
    for (int i = 0; i < 2'000; ++i) {
      const double pause = seconds(backoff.pause(attempt, 0ns)).count();
      least = std::min(least, pause);
      most = std::max(most, pause);
    }
    EXPECT_GE(least, base * 0.8 - 1e-6) << attempt;
    EXPECT_LE(most, base * 1.2 + 1e-6) << attempt;
    EXPECT_LT(least, base * 0.82) << "the whole range is used";
    EXPECT_GT(most, base * 1.18) << "the whole range is used";
  }
}

TEST(Backoff, NeverOverflowsHoweverOftenItFailed) {
  Backoff backoff{OtlpRetry{}};
  for (const int attempt : {17, 100, 100'000, 2'147'483'647}) {
    EXPECT_GE(backoff.pause(attempt, 0ns), 4s - 1us);
    EXPECT_LE(backoff.pause(attempt, 0ns), 6s + 1us);
  }
}

TEST(Backoff, WaitsAtLeastAsLongAsTheServerWishes) {
  Backoff backoff{OtlpRetry{}};
  EXPECT_EQ(backoff.pause(1, 30s), 30s);
  EXPECT_GE(backoff.pause(1, 1ms), 800ms - 1us);
}

TEST(Backoff, IsAsConfigured) {
  Backoff backoff({.initial_interval = 10ms, .max_interval = 35ms, .multiplier = 3, .max_elapsed = 2s});
  const auto is_about = [](std::chrono::nanoseconds pause, std::chrono::nanoseconds expected) {
    return pause >= expected * 4 / 5 - 1us && pause <= expected * 6 / 5 + 1us;
  };
  EXPECT_TRUE(is_about(backoff.pause(1, 0ns), 10ms));
  EXPECT_TRUE(is_about(backoff.pause(2, 0ns), 30ms));
  EXPECT_TRUE(is_about(backoff.pause(3, 0ns), 35ms));
  EXPECT_EQ(backoff.max_elapsed(), 2s);
}

// Clients that failed together must not come back together.
TEST(Backoff, DiffersBetweenExporters) {
  std::set<std::chrono::nanoseconds> pauses;
  for (int i = 0; i < 50; ++i) pauses.insert(Backoff(OtlpRetry{}).pause(1, 0ns));
  EXPECT_EQ(pauses.size(), 50U);
}

}  // namespace
}  // namespace ergon::telemetry
