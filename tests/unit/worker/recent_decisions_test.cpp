#include "telemetry/worker/recent_decisions.hpp"

#include <gtest/gtest.h>

namespace ergon::telemetry {
namespace {

TEST(RecentDecisionsOfLocalRoots, RemembersAsManyAsItPromisesAndNotForEver) {
  RecentDecisions recent(1'000);
  ASSERT_EQ(recent.at_least(), 16U) << "two tables of 32 slots of 8 bytes";
  constexpr std::uint64_t kKeys = 0x123456789abcdef0U;  // they differ but for the last three bits
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    recent.put(kKeys + i * 8, 1 + i % 7);
    for (std::uint64_t back = 0; back < 16 && back <= i; ++back)
      ASSERT_EQ(recent.find(kKeys + (i - back) * 8), 1 + (i - back) % 7);
    if (i >= 32) {
      ASSERT_EQ(recent.find(kKeys + (i - 32) * 8), 0U);
    }
  }
}

TEST(RecentDecisionsOfLocalRoots, RemembersTheLatestOfAKey) {
  RecentDecisions recent(1'000);
  for (std::uint64_t value : {3U, 5U, 1U}) {
    recent.put(8, value);
    EXPECT_EQ(recent.find(8), value);
  }
}

}  // namespace
}  // namespace ergon::telemetry
