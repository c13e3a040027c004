#include "task/work_budget.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ergon::detail {
namespace {

using namespace std::chrono_literals;

TEST(WorkBudget, IsWithoutLimitsByDefault) {
  WorkBudget budget;
  EXPECT_EQ(budget.take(1'000'000), 1'000'000U);
  budget.give_back(5);
  EXPECT_FALSE(budget.is_used_up());
}

TEST(WorkBudget, GivesWhatIsLeft) {
  WorkBudget budget(5);
  EXPECT_EQ(budget.take(3), 3U);
  EXPECT_EQ(budget.take(3), 2U);
  EXPECT_EQ(budget.take(3), 0U);
  EXPECT_TRUE(budget.is_used_up());
  budget.give_back(1);
  EXPECT_EQ(budget.take(3), 1U);
}

TEST(WorkBudget, EndsAtItsTime) {
  WorkBudget over(std::nullopt, WorkBudget::Clock::now() - 1ms);
  EXPECT_EQ(over.take(1), 0U);
  WorkBudget open(std::nullopt, WorkBudget::Clock::now() + 1h);
  EXPECT_EQ(open.take(1), 1U);
}

TEST(WorkBudget, SharesWhatIsCommon) {
  WorkBudget common(10);
  WorkBudget consumers(8, WorkBudget::Clock::time_point::max(), &common);
  WorkBudget producers(std::nullopt, WorkBudget::Clock::time_point::max(), &common);
  EXPECT_EQ(consumers.take(20), 8U);
  EXPECT_EQ(producers.take(20), 2U);
  producers.give_back(1);
  EXPECT_EQ(consumers.take(1), 0U) << "its own is used up";
  EXPECT_EQ(producers.take(1), 1U);
  EXPECT_TRUE(common.is_used_up());
}

TEST(WorkBudget, ConcurrentSafe) {
  WorkBudget budget(100'000);
  std::atomic<std::size_t> taken{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        while (const std::size_t got = budget.take(7)) taken += got;
      });
    }
  }
  EXPECT_EQ(taken, 100'000U);
}

}  // namespace
}  // namespace ergon::detail
