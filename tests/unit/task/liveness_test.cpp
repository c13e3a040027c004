#include "task/supervisor/liveness.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ergon::detail {
namespace {

using namespace std::chrono_literals;

class LivenessTest : public ::testing::Test {
 protected:
  LivenessTest() { liveness_.begin(now_, board_, 0); }

  std::string after(std::chrono::milliseconds time) {
    now_ += time;
    return liveness_.complaint(now_, board_, 0, limits_);
  }
  void enter(WorkerPhase phase) { board_.worker(0).phase = phase; }

  SupervisionConfig limits_{.startup_grace = 100ms, .unhealthy_grace = 1s, .shutdown_grace = 200ms};
  Board board_{1, 2};
  Liveness liveness_;
  Liveness::TimePoint now_{std::chrono::steady_clock::now()};
};

TEST_F(LivenessTest, WantsAWorkerToStartInTime) {
  EXPECT_EQ(after(100ms), "");
  EXPECT_EQ(after(1ms), "it has been starting for more than 100 ms");
}

TEST_F(LivenessTest, WantsEachLoopToGetOn) {
  enter(WorkerPhase::running);
  EXPECT_EQ(after(0ms), "");
  board_.loop(0, 0).enter(LoopPhase::fetching);
  board_.loop(0, 1).enter(LoopPhase::working);
  EXPECT_EQ(after(1s), "");
  board_.loop(0, 0).step();
  EXPECT_EQ(after(1s), "");
  EXPECT_EQ(after(1ms), "loop 1 has been working on a transaction for more than 1000 ms");
}

TEST_F(LivenessTest, LetsLoopsRestThatHaveEndedWhileOthersGoOn) {
  enter(WorkerPhase::running);
  EXPECT_EQ(after(0ms), "");
  board_.loop(0, 0).enter(LoopPhase::ended);
  for (int i = 0; i < 5; ++i) {
    board_.loop(0, 1).step();
    EXPECT_EQ(after(900ms), "");
  }
  board_.loop(0, 1).enter(LoopPhase::ended);
  EXPECT_EQ(after(0ms), "");
  EXPECT_EQ(after(1'001ms), "loop 0 has been ended for more than 1000 ms") << "and the worker did not go on";
}

TEST_F(LivenessTest, WantsAWorkerToCloseInTime) {
  enter(WorkerPhase::closing);
  EXPECT_EQ(after(1h), "") << "it was not seen before";
  EXPECT_EQ(after(200ms), "");
  EXPECT_EQ(after(1ms), "it has been closing for more than 200 ms");
}

}  // namespace
}  // namespace ergon::detail
