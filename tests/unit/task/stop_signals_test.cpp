#include "task/stop_signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "unit/task/wait_for_stop.hpp"

namespace ergon::detail {
namespace {

using test::wait_for_stop;

int g_calls = 0;
void count_call(int /*number*/) { ++g_calls; }

// Installs a disposition for SIGTERM, and puts back what was there.
class Disposition {
 public:
  explicit Disposition(void (*handler)(int)) {
    struct sigaction mine{};
    mine.sa_handler = handler;
    ::sigaction(SIGTERM, &mine, &before_);
  }
  Disposition(const Disposition&) = delete;
  Disposition& operator=(const Disposition&) = delete;
  ~Disposition() { ::sigaction(SIGTERM, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

TEST(StopSignals, AskTheWorkerToStop) {
  const StopSignals signals;
  EXPECT_EQ(StopSignals::received(), 0);
  std::raise(SIGTERM);
  wait_for_stop(signals.stop().get_token());
  EXPECT_EQ(StopSignals::received(), SIGTERM);
}

TEST(StopSignals, LetOthersAsk) {
  const StopSignals signals;
  signals.stop().request_stop();
  EXPECT_TRUE(signals.stop().stop_requested());
  EXPECT_EQ(StopSignals::received(), 0);
}

TEST(StopSignals, BeginAnew) {
  {
    const StopSignals signals;
    std::raise(SIGINT);
    EXPECT_EQ(StopSignals::received(), SIGINT);
  }
  const StopSignals signals;
  EXPECT_EQ(StopSignals::received(), 0);
}

TEST(StopSignals, CallThePreviousHandlerAndPutItBack) {
  const Disposition disposition(count_call);
  g_calls = 0;
  {
    const StopSignals signals;
    std::raise(SIGTERM);
    EXPECT_EQ(StopSignals::received(), SIGTERM);
    EXPECT_EQ(g_calls, 1);
  }
  std::raise(SIGTERM);
  EXPECT_EQ(g_calls, 2);
}

// As under `nohup`, or in the background of a script.
TEST(StopSignals, LeaveAnIgnoredSignalIgnored) {
  const Disposition disposition(SIG_IGN);
  {
    const StopSignals signals;
    std::raise(SIGTERM);
    EXPECT_EQ(StopSignals::received(), 0);
  }
  std::raise(SIGTERM);
}

TEST(StopSignals, LeaveAForkedProcessItsOwn) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "ThreadSanitizer delivers no signal to the child of a threaded parent";
#endif
  const StopSignals signals;
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  ::kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  EXPECT_EQ(StopSignals::received(), 0);
  EXPECT_FALSE(signals.stop().stop_requested());
}

// Two of a kind at the same moment are one request, as `timeout` sends them.
TEST(StopSignals, TakeTwinsForOne) {
  const StopSignals signals;
  std::raise(SIGTERM);
  std::raise(SIGTERM);
  EXPECT_EQ(StopSignals::received(), SIGTERM);
}

TEST(StopSignalsDeathTest, AFurtherSignalEndsTheProcessAtOnce) {
  const auto two_signals = [] {
    const StopSignals signals;
    std::raise(SIGTERM);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(two_signals(), ::testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace ergon::detail
