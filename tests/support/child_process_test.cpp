#include "support/child_process.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <system_error>

namespace ergon::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kLimit = 20s;

ChildProcessOptions shell(std::string script) { return {.arguments = {"sh", "-c", std::move(script)}}; }

TEST(ChildProcess, ReportsExitCodeAndBothStreams) {
  ChildProcess child(shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(child.wait(kLimit), ExitStatus{.code = 7});
  EXPECT_EQ(child.output(), "out\n");
  EXPECT_EQ(child.error_output(), "err\n");
  EXPECT_EQ(child.wait(0ms), ExitStatus{.code = 7});
}

TEST(ChildProcess, ReportsTheSignalThatKilledIt) {
  ChildProcess child(shell("echo ready; read line"));
  ASSERT_EQ(child.next_output_line(kLimit), "ready");
  child.send_signal(SIGTERM);
  EXPECT_EQ(child.wait(kLimit), (ExitStatus{.code = -1, .signal = SIGTERM}));
}

TEST(ChildProcess, WaitGivesUpAtTheTimeout) {
  ChildProcess child(shell("read line"));
  EXPECT_EQ(child.wait(1ms), std::nullopt);
  child.close_input();
  EXPECT_EQ(child.wait(kLimit), ExitStatus{.code = 1});
}

TEST(ChildProcess, KeepsMegabytesOnBothStreamsWithoutBlocking) {
  ChildProcess child(shell("head -c 8000000 /dev/zero >&2; head -c 8000000 /dev/zero"));
  EXPECT_EQ(child.wait(kLimit), ExitStatus{.code = 0});
  EXPECT_EQ(child.output().size(), 8'000'000u);
  EXPECT_EQ(child.error_output().size(), 8'000'000u);
}

TEST(ChildProcess, StaysResponsiveWhileTheChildWritesWithoutEnd) {
  ChildProcess child({.arguments = {"yes"}});
  EXPECT_EQ(child.next_output_line(kLimit), "y");
  child.send_signal(SIGKILL);
  EXPECT_EQ(child.wait(kLimit), (ExitStatus{.code = -1, .signal = SIGKILL}));
}

TEST(ChildProcess, GivesLinesAsTheyCome) {
  ChildProcess child({.arguments = {"cat"}});
  EXPECT_EQ(child.next_output_line(1ms), std::nullopt);
  ASSERT_TRUE(child.write_input("one\ntw"));
  EXPECT_EQ(child.next_output_line(kLimit), "one");
  EXPECT_TRUE(child.wait_for_output("tw", kLimit));
  ASSERT_TRUE(child.write_input("o\nrest"));
  EXPECT_EQ(child.next_output_line(kLimit), "two");
  child.close_input();
  EXPECT_EQ(child.wait(kLimit), ExitStatus{.code = 0});
  EXPECT_EQ(child.next_output_line(kLimit), std::nullopt);
  EXPECT_EQ(child.output(), "rest");
}

TEST(ChildProcess, WritingToAnEndedChildRaisesNoSignal) {
  ChildProcess child(shell("exit 0"));
  ASSERT_TRUE(child.wait(kLimit));
  EXPECT_FALSE(child.write_input("anyone?\n"));
}

TEST(ChildProcess, AddsAndUnsetsEnvironmentAndChangesDirectory) {
  ASSERT_EQ(::setenv("ERGON_TEST_UNSET", "present", 1), 0);
  ASSERT_EQ(::setenv("ERGON_TEST_REPLACED", "old", 1), 0);
  auto options = shell("pwd; echo \"$ERGON_TEST_ADDED-$ERGON_TEST_REPLACED-${ERGON_TEST_UNSET-gone}\"");
  options.environment = {{"ERGON_TEST_ADDED", "a b"}, {"ERGON_TEST_REPLACED", "new"}};
  options.unset_environment = {"ERGON_TEST_UNSET"};
  options.working_directory = std::filesystem::canonical("/");
  ChildProcess child(options);
  EXPECT_EQ(child.next_output_line(kLimit), "/");
  EXPECT_EQ(child.next_output_line(kLimit), "a b-new-gone");
}

TEST(ChildProcess, StartsWithNoSignalIgnoredOrBlocked) {
  const auto before = std::signal(SIGTERM, SIG_IGN);
  ChildProcess child(shell("kill -TERM $$; echo survived"));
  std::signal(SIGTERM, before);
  EXPECT_EQ(child.wait(kLimit), (ExitStatus{.code = -1, .signal = SIGTERM}));
}

TEST(ChildProcess, MissingProgramThrows) {
  EXPECT_THROW(ChildProcess({.arguments = {"/nowhere/program"}}), std::system_error);
}

std::string descriptors_in_a_child() {
  ChildProcess child({.arguments = {"ls", "/proc/self/fd"}});
  EXPECT_EQ(child.wait(kLimit), ExitStatus{.code = 0});
  return child.output();
}

TEST(ChildProcess, PassesNoDescriptorOfAnother) {
  const auto before = descriptors_in_a_child();
  ChildProcess other(shell("read line"));
  EXPECT_EQ(descriptors_in_a_child(), before);
}

TEST(ChildProcess, OutputOfAGrandchildIsNotWaitedFor) {
  ChildProcess child(shell("exec 3<&0; (read line <&3; echo late) & echo mine"));
  EXPECT_EQ(child.wait(kLimit), ExitStatus{.code = 0});
  EXPECT_EQ(child.next_output_line(kLimit), "mine");
  ASSERT_TRUE(child.write_input("go\n"));
  EXPECT_EQ(child.next_output_line(kLimit), "late");
}

TEST(ChildProcess, DestructorKills) {
  pid_t pid = 0;
  {
    ChildProcess child(shell("trap '' TERM; echo ready; read line"));
    pid = child.pid();
    ASSERT_EQ(child.next_output_line(kLimit), "ready");
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

}  // namespace
}  // namespace ergon::test
