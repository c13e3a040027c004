#include "task/stop_signals.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace ergon::detail {
namespace {

int g_calls = 0;
void count_call(int /*number*/) { ++g_calls; }

TEST(StopSignals, WakesForASignal) {
  StopSignals signals;
  EXPECT_EQ(signals.received(), 0);
  std::raise(SIGTERM);
  EXPECT_EQ(signals.wait(), SIGTERM);
}

TEST(StopSignals, WakesWhenTheWorkIsFinished) {
  StopSignals signals;
  std::thread worker([] { StopSignals::finish(); });
  EXPECT_EQ(signals.wait(), 0);
  worker.join();
}

TEST(StopSignals, BeginsAnew) {
  {
    StopSignals signals;
    std::raise(SIGINT);
    EXPECT_EQ(signals.received(), SIGINT);
  }
  StopSignals signals;
  EXPECT_EQ(signals.received(), 0);
}

TEST(StopSignals, CallsThePreviousHandlerAndPutsItBack) {
  struct sigaction mine{};
  struct sigaction before{};
  mine.sa_handler = count_call;
  ASSERT_EQ(::sigaction(SIGTERM, &mine, &before), 0);
  g_calls = 0;
  {
    StopSignals signals;
    std::raise(SIGTERM);
    EXPECT_EQ(signals.received(), SIGTERM);
    EXPECT_EQ(g_calls, 1);
  }
  std::raise(SIGTERM);
  EXPECT_EQ(g_calls, 2);
  ::sigaction(SIGTERM, &before, nullptr);
}

// Two of a kind at the same moment are one request, as `timeout` sends them.
TEST(StopSignals, TakesTwinsForOne) {
  StopSignals signals;
  std::raise(SIGTERM);
  std::raise(SIGTERM);
  EXPECT_EQ(signals.wait(), SIGTERM);
}

TEST(StopSignalsDeathTest, AFurtherSignalEndsTheProcessAtOnce) {
  const auto two_signals = [] {
    StopSignals signals;
    std::raise(SIGTERM);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(two_signals(), ::testing::ExitedWithCode(130), "");
}

TEST(SignalsBlocked, KeepsSignalsFromThreadsStartedInIt) {
  std::thread thread;
  sigset_t inside;
  {
    const SignalsBlocked blocked;
    thread = std::thread([&] { ::pthread_sigmask(SIG_BLOCK, nullptr, &inside); });
  }
  thread.join();
  sigset_t outside;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &outside);
  EXPECT_EQ(sigismember(&inside, SIGTERM), 1);
  EXPECT_EQ(sigismember(&outside, SIGTERM), 0);
}

}  // namespace
}  // namespace ergon::detail
