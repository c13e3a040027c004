#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include <ergon/telemetry.hpp>

#include "support/temporary_folder.hpp"

// What a process that crashes has logged is in its file.
namespace ergon::test {
namespace {

constexpr int kLines = 100'000;

class LogsOfACrash : public ::testing::Test {
 protected:
  // The process that crashes runs the test anew, and finds the folder of the one that waits for it.
  LogsOfACrash() {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    if (getenv("ERGON_CRASH_TEST_FOLDER") == nullptr) {
      own_.emplace();
      setenv("ERGON_CRASH_TEST_FOLDER", own_->path().c_str(), 1);
    }
    folder_ = getenv("ERGON_CRASH_TEST_FOLDER");
  }
  ~LogsOfACrash() override {
    if (own_) unsetenv("ERGON_CRASH_TEST_FOLDER");
  }

  void log_all(std::optional<ReplayOnError> on_error = {}) const {
    static std::optional<telemetry::Session> session;  // is not shut down before the crash
    session.emplace(telemetry::start(
        {.logging =
             LoggingConfig{.handlers = {FileHandler{.formatter = "plain", .filename = folder_ + "/a.log"}},
                           .formatters = {{"plain", TextFormatter{.format = "{message}"}}},
                           .on_error = on_error}},
        {.on_full = telemetry::OnFull::block,
         .max_block = std::chrono::seconds(10),
         .handles_crashes = true}));
    for (int i = 0; i < kLines; ++i) log.info("line {}", i);
  }

  void expect_all(int lines = kLines) const {
    std::ifstream file(folder_ + "/a.log");
    std::string line;
    int number = 0;
    for (; std::getline(file, line); ++number) ASSERT_EQ(line, "line " + std::to_string(number));
    EXPECT_EQ(number, lines);
  }

  std::optional<TemporaryFolder> own_;
  std::string folder_;
};

// Sanitizers have handlers of their own.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ERGON_CRASHES_ARE_A_SANITIZERS
#endif
#endif
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(ERGON_CRASHES_ARE_A_SANITIZERS)
void note_and_go_on(int signal) {
  constexpr std::string_view kNote = "the program's own handler\n";
  static_cast<void>(write(STDERR_FILENO, kNote.data(), kNote.size()));
  ::signal(signal, SIG_DFL);
  raise(signal);
}

TEST_F(LogsOfACrash, AreAllThereAfterAbort) {
  EXPECT_EXIT(
      {
        ::signal(SIGABRT, &note_and_go_on);
        log_all();
        abort();
      },
      ::testing::KilledBySignal(SIGABRT), "the program's own handler");
  expect_all();
}

TEST_F(LogsOfACrash, HaveWhatWasHeldBackOfTransactionsUnderWay) {
  EXPECT_EXIT(
      {
        log_all(ReplayOnError{.replay = Level::debug});
        const auto root = get_tracer("crash").scoped_span("transaction");
        log.debug("line {}", kLines);
        abort();
      },
      ::testing::KilledBySignal(SIGABRT), "");
  expect_all(kLines + 1);
}

TEST_F(LogsOfACrash, AreAllThereAfterABadAccess) {
  EXPECT_EXIT(
      {
        log_all();
        volatile int* nothing = nullptr;
        *nothing = 1;  // NOLINT(clang-analyzer-core.NullDereference)
      },
      ::testing::KilledBySignal(SIGSEGV), "");
  expect_all();
}

TEST_F(LogsOfACrash, AreAllThereAfterTerminate) {
  EXPECT_EXIT(
      {
        log_all();
        std::terminate();
      },
      ::testing::KilledBySignal(SIGABRT), "");
  expect_all();
}
#endif

}  // namespace
}  // namespace ergon::test
