#include "task/backoff.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>

namespace ergon::detail {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, GrowsToItsLongest) {
  Backoff backoff({100ms, 2, 350ms, 0});
  EXPECT_EQ(backoff.next(), 100ms);
  EXPECT_EQ(backoff.next(), 200ms);
  EXPECT_EQ(backoff.next(), 350ms);
  EXPECT_EQ(backoff.next(), 350ms);
  backoff.begin_anew();
  EXPECT_EQ(backoff.next(), 100ms);
}

TEST(Backoff, LeavesAPartToChance) {
  Backoff backoff({100ms, 1, 1h, 0.5});
  auto shortest = std::chrono::nanoseconds(1h);
  auto longest = std::chrono::nanoseconds(0);
  for (int i = 0; i < 1'000; ++i) {
    const auto wait = backoff.next();
    shortest = std::min(shortest, wait);
    longest = std::max(longest, wait);
  }
  EXPECT_GE(shortest, 50ms);
  EXPECT_LT(shortest, 60ms);
  EXPECT_LE(longest, 100ms);
  EXPECT_GT(longest, 90ms);
}

TEST(Backoff, WaitsUnlessStopped) {
  std::stop_source stop;
  EXPECT_TRUE(wait_unless_stopped(1ms, stop.get_token()));
  stop.request_stop();
  EXPECT_FALSE(wait_unless_stopped(1h, stop.get_token()));
}

}  // namespace
}  // namespace ergon::detail
