#include "base/diagnostic.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

namespace ergon::base {
namespace {

TEST(Diagnostic, SpeaksOnceHoweverOftenItHappens) {
  static Diagnostic trouble{"telemetry: a test fails"};
  testing::internal::CaptureStderr();
  for (int i = 0; i < 100; ++i) trouble.report("detail " + std::to_string(i));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "ergon: telemetry: a test fails: detail 0\n");
}

TEST(Diagnostic, NeedsNoDetail) {
  static Diagnostic trouble{"telemetry: no detail"};
  testing::internal::CaptureStderr();
  trouble.report({});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "ergon: telemetry: no detail\n");
}

TEST(Diagnostic, SpeaksOnceFromManyThreadsConcurrentSafe) {
  static Diagnostic trouble{"telemetry: threads"};
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 1'000; ++n) trouble.report("x");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "ergon: telemetry: threads: x\n");
}

TEST(Diagnostic, ShowsControlCharactersOfADetailInsteadOfObeyingThem) {
  static Diagnostic trouble{"telemetry: forged"};
  testing::internal::CaptureStderr();
  trouble.report("a\nergon: all fine\x1b[2J");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "ergon: telemetry: forged: a\\nergon: all fine\\x1b[2J\n");
}

TEST(Diagnostic, DoesNotBlockOnAStderrThatNobodyReads) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const int stderr_before = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  for (int i = 0; i < 100; ++i) write_to_stderr(std::string(4'096, 'x'));  // a pipe holds 64 KiB
  dup2(stderr_before, STDERR_FILENO);
  for (const int descriptor : {ends[0], ends[1], stderr_before}) close(descriptor);
}

}  // namespace
}  // namespace ergon::base
