#include "task/attempt_watch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "unit/task/wait_for_stop.hpp"

namespace ergon::detail {
namespace {

using namespace std::chrono_literals;
using test::wait_for_stop;

std::chrono::steady_clock::time_point in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

// What a watch tells, for another thread to wait for.
template <class T>
class Told {
 public:
  void tell(T what) {
    {
      const std::lock_guard lock(mutex_);
      what_ = std::move(what);
    }
    told_.notify_all();
  }
  std::optional<T> wait() {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, 30s, [this] { return what_.has_value(); });
    return what_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::optional<T> what_;
};

TEST(AttemptWatch, AsksToStopAtTheDeadlineAndTellsOfIt) {
  Told<Overdue> told;
  AttemptWatch watch({.is_overdue = [&](const Overdue& overdue) { told.tell(overdue); }});
  AttemptSlot& slot = watch.add_slot();
  const auto limits = slot.begin(2, in(5ms), "o-1", "Items.process", {});
  EXPECT_EQ(limits.attempt, 2);
  wait_for_stop(limits.stop);
  EXPECT_TRUE(slot.end());
  const auto overdue = told.wait();
  ASSERT_TRUE(overdue);
  EXPECT_EQ(overdue->transaction_id, "o-1");
  EXPECT_EQ(overdue->stage, "Items.process");
}

TEST(AttemptWatch, LeavesTheNextAttemptAlone) {
  AttemptWatch watch({});
  AttemptSlot& slot = watch.add_slot();
  wait_for_stop(slot.begin(1, in(1ms), {}, {}, {}).stop);
  EXPECT_TRUE(slot.end());
  const auto next = slot.begin(2, in(1h), {}, {}, {});
  EXPECT_FALSE(next.stop.stop_requested());
  EXPECT_FALSE(slot.end());
}

TEST(AttemptWatch, WakesForADeadlineBeforeTheOneItWaitsFor) {
  AttemptWatch watch({});
  AttemptSlot& late = watch.add_slot();
  AttemptSlot& soon = watch.add_slot();
  static_cast<void>(late.begin(1, in(1h), {}, {}, {}));
  wait_for_stop(soon.begin(1, in(1ms), {}, {}, {}).stop);
  EXPECT_TRUE(soon.end());
  EXPECT_FALSE(late.end());
}

TEST(AttemptWatch, HasNothingToDoWithoutADeadline) {
  AttemptWatch watch({});
  AttemptSlot& slot = watch.add_slot();
  EXPECT_EQ(slot.begin(1, AttemptSlot::TimePoint::max(), {}, {}, {}).deadline, AttemptSlot::TimePoint::max());
  EXPECT_FALSE(slot.end());
}

TEST(AttemptWatch, MayBeAskedByWhatItCalls) {
  std::atomic<int> calls{0};
  AttemptWatch watch({});
  AttemptSlot& slot = watch.add_slot();
  const auto limits = slot.begin(1, in(5ms), {}, {}, {});
  Told<bool> told;
  const std::stop_callback callback(limits.stop, [&] {
    static_cast<void>(watch.add_slot());
    ++calls;
    told.tell(true);
  });
  EXPECT_TRUE(told.wait());
  EXPECT_TRUE(slot.end());
  EXPECT_EQ(calls, 1);
}

// Attempts that end just when their time is over: each is asked to stop or isn't, and the next never is.
TEST(AttemptWatch, ConcurrentSafe) {
  std::atomic<std::uint64_t> told{0};
  std::uint64_t were_asked = 0;
  {
    AttemptWatch watch({.is_overdue = [&](const Overdue&) { ++told; }});
    std::vector<std::jthread> loops;
    std::vector<std::uint64_t> asked(3);
    for (auto& own : asked) {
      loops.emplace_back([&own, &slot = watch.add_slot()] {
        for (int i = 0; i < 2'000; ++i) {
          static_cast<void>(
              slot.begin(1, std::chrono::steady_clock::now() + (i % 30) * 1us, "id", "stage", {}));
          if (slot.end()) ++own;
        }
      });
    }
    loops.clear();
    for (const auto own : asked) were_asked += own;
  }
  EXPECT_EQ(told, were_asked);
}

TEST(AttemptWatch, TellsWhenItsLifelineEnds) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  Told<bool> told;
  const AttemptWatch watch({.is_orphaned = [&] { told.tell(true); }}, ends[0]);
  ::close(ends[1]);
  EXPECT_TRUE(told.wait());
  ::close(ends[0]);
}

TEST(AttemptWatch, TicksByItsPeriod) {
  std::atomic<int> ticks{0};
  Told<bool> told;
  const AttemptWatch watch({.tick =
                                [&] {
                                  if (++ticks == 3) told.tell(true);
                                },
                            .period = 1ms});
  EXPECT_TRUE(told.wait());
}

}  // namespace
}  // namespace ergon::detail
