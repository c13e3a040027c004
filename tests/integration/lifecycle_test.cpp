// Starts, ends and misfortunes of whole programs: what each recorded arrives once, or is told of.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>

#include "integration/arrived.hpp"
#include "support/child_process.hpp"
#include "support/otlp_receiver.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using Names = std::multiset<std::string>;

// Sanitizers handle crashes, too, and end the process in a way of their own.
constexpr const char* kCrashesAreOurs = "handle_segv=0:handle_abort=0";

class Lifecycle : public testing::Test {
 protected:
  void SetUp() override { receiver_.emplace(); }

  void run(const std::string& scenario, ExitStatus expected = {.code = 0}) {
    ChildProcess program(
        {.arguments = {ERGON_LIFECYCLE, scenario, receiver_->endpoint()},
         .environment = {{"ASAN_OPTIONS", kCrashesAreOurs}, {"TSAN_OPTIONS", kCrashesAreOurs}}});
    EXPECT_EQ(program.wait(40s), expected) << program.error_output();
    errors_ = program.error_output();
    const Arrived arrived = take_all(*receiver_);
    for (const auto& span : arrived.spans) spans_.insert(text(span, "name"));
    for (const auto& log : arrived.logs) logs_.insert(text(log, "body"));
    for (const auto& metric : arrived.metrics) {
      if (text(metric, "name") != "records") continue;  // the SDK's own
      for (const auto& point : metric.at("points")) {
        points_[text(point.at("attributes"), "where")] = point.at("value").get<std::int64_t>();
      }
    }
  }

  void expect_once(const Names& names) const {
    EXPECT_EQ(errors_, "");
    EXPECT_EQ(spans_, names);
    EXPECT_EQ(logs_, names);
    for (const std::string& name : names) EXPECT_EQ(points_.at(name), 1) << name;
    EXPECT_EQ(points_.size(), names.size());
  }

  std::optional<OtlpReceiver> receiver_;
  std::string errors_;
  Names spans_;
  Names logs_;
  std::map<std::string, std::int64_t> points_;
};

TEST_F(Lifecycle, ExitDeliversWhatNoScopeDid) {
  run("leave_to_exit");
  expect_once({"static initialisation", "main"});
}

TEST_F(Lifecycle, DestructorsAfterMainStillRecord) {
  run("destroy_after_main");
  expect_once({"static initialisation", "thread-local destructor of a thread",
               "thread-local destructor of main", "static destructor"});
}

TEST_F(Lifecycle, ExitFromAThreadDeliversWhileOthersRecord) {
  run("exit_from_a_thread", {.code = 3});
  EXPECT_EQ(spans_.count("before exit"), 1U);
  EXPECT_EQ(logs_.count("before exit"), 1U);
  EXPECT_EQ(points_.at("before exit"), 1);
  EXPECT_GE(spans_.count("still recording"), 1U);
}

TEST_F(Lifecycle, WhatComesAfterShutdownIsCounted) {
  run("record_after_shutdown");
  EXPECT_EQ(spans_, (Names{"static initialisation", "main"}));
}

TEST_F(Lifecycle, SessionsFollowEachOther) {
  run("start_again");
  Names all{"static initialisation"};
  for (int round = 0; round < 100; ++round) all.insert("round " + std::to_string(round));
  EXPECT_EQ(spans_, all);
  EXPECT_EQ(logs_, all);
}

const Names kBeforeTheCrash{"static initialisation", "before the crash"};

TEST_F(Lifecycle, ACrashSendsWhatWasRecordedAndTakesItsCourse) {
  run("segmentation_fault", {.signal = SIGSEGV});
  expect_once(kBeforeTheCrash);
}

TEST_F(Lifecycle, AnAbortSendsWhatWasRecordedAndTakesItsCourse) {
  run("abort", {.signal = SIGABRT});
  expect_once(kBeforeTheCrash);
}

TEST_F(Lifecycle, AnEarlierCrashHandlerIsCalledToo) {
  run("earlier_handler", {.signal = SIGSEGV});
  EXPECT_EQ(std::exchange(errors_, ""), "the earlier handler\n");
  expect_once(kBeforeTheCrash);
}

TEST_F(Lifecycle, ACrashWaitsNoMoreThanASecondForAStuckBackend) {
  receiver_->delay_next({.duration = 20s, .times = 3});
  const auto start = std::chrono::steady_clock::now();
  run("segmentation_fault", {.signal = SIGSEGV});
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

const Names kBeforeTheSignal{"static initialisation", "before the signal"};

TEST_F(Lifecycle, AStopSignalSendsWhatWasRecordedAndTakesItsCourse) {
  for (const auto& [scenario, signal] : {std::pair{"terminate", SIGTERM}, std::pair{"interrupt", SIGINT}}) {
    SetUp();
    spans_.clear();
    logs_.clear();
    run(scenario, {.signal = signal});
    expect_once(kBeforeTheSignal);
  }
}

TEST_F(Lifecycle, AStopSignalWaitsNoLongerThanTheShutdownMay) {
  receiver_->delay_next({.duration = 20s, .times = 3});
  const auto start = std::chrono::steady_clock::now();
  run("terminate", {.signal = SIGTERM});
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(Lifecycle, AProgramThatHandlesAStopSignalGoesOn) {
  run("own_stop_handler");
  EXPECT_EQ(spans_, (Names{"static initialisation", "before the signal", "after the signal"}));
  EXPECT_EQ(logs_, spans_);
}

TEST_F(Lifecycle, AForkDiesOfAStopSignal) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP()
      << "under ThreadSanitizer a signal that a handler raises again does not come in a fork's child";
#endif
  run("stop_a_fork");
}

// A program whose worker crashes, and the folder that it leaves its rings in.
class CrashOfTheWorker : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void run(const char* scenario, int signal) {
    ChildProcess program(
        {.arguments = {ERGON_LIFECYCLE, scenario, folder_},
         .environment = {{"ASAN_OPTIONS", kCrashesAreOurs}, {"TSAN_OPTIONS", kCrashesAreOurs}}});
    EXPECT_EQ(program.wait(20s), (ExitStatus{.signal = signal}));
    errors_ = program.error_output();
    file_ = folder_ / ("ergon-rings." + std::to_string(program.pid()));
    EXPECT_THAT(errors_, HasSubstr(" had not drained is in " + file_.string() + ", for ergon-read-rings\n"));
  }

  void expect_all_in_file() const {
    ChildProcess reader({.arguments = {ERGON_READ_RINGS, file_}});
    EXPECT_EQ(reader.wait(20s), ExitStatus{.code = 0}) << reader.error_output();
    EXPECT_THAT(reader.output(), HasSubstr("[WARNING] [lifecycle] static initialisation trace_id="));
    EXPECT_THAT(reader.output(), HasSubstr("[ERROR] [lifecycle] a part of 0.50 took 250ms at true\n"));
    EXPECT_THAT(reader.output(), HasSubstr("service=lifecycle"));
    EXPECT_THAT(reader.output(), HasSubstr(" static initialisation span_id="));
    EXPECT_THAT(reader.error_output(), StartsWith("3 records of process "));
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("ergon-rings-" + std::to_string(getpid()));
  std::filesystem::path file_;
  std::string errors_;
};

TEST_F(CrashOfTheWorker, LeavesWhatTheRingsHeld) {
  run("worker_segmentation_fault", SIGSEGV);
  expect_all_in_file();
}

TEST_F(CrashOfTheWorker, ByAbortLeavesItToo) {
  run("worker_abort", SIGABRT);
  expect_all_in_file();
}

TEST_F(CrashOfTheWorker, ByAnOverflowOfItsStackLeavesItToo) {
  run("worker_stack_overflow", SIGSEGV);
  expect_all_in_file();
}

TEST_F(CrashOfTheWorker, AfterOverwritingARecordLeavesTheOthers) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "the fault is met by ThreadSanitizer's own look at the address, which no handler can leave";
#endif
  run("worker_with_overwritten_ring", SIGSEGV);
  EXPECT_THAT(errors_, HasSubstr("crashed; a part of what it had not drained"));
  ChildProcess reader({.arguments = {ERGON_READ_RINGS, file_}});
  EXPECT_EQ(reader.wait(20s), ExitStatus{.code = 0}) << reader.error_output();
  EXPECT_THAT(reader.output(), HasSubstr("[lifecycle] static initialisation trace_id="));
  EXPECT_THAT(reader.output(), HasSubstr("a part of 0.50 took 250ms at true\n"));
  EXPECT_THAT(reader.error_output(), StartsWith("2 records of process "));
}

TEST_F(CrashOfTheWorker, CallsAnEarlierHandlerToo) {
  run("worker_and_earlier_handler", SIGSEGV);
  EXPECT_THAT(errors_, HasSubstr("the earlier handler\n"));
  expect_all_in_file();
}

TEST(LifecycleWithoutBackend, AnUnreadPipeCostsNoTimeAndIsCounted) {
  ChildProcess program({.arguments = {ERGON_LIFECYCLE, "unread_pipe"}});
  EXPECT_EQ(program.wait(60s), ExitStatus{.code = 0}) << program.error_output();
}

TEST(LifecycleWithoutBackend, WarningsOfAProgramThatStartsNothingGoToStderr) {
  ChildProcess program({.arguments = {ERGON_LIFECYCLE, "start_nothing"}});
  EXPECT_EQ(program.wait(20s), ExitStatus{.code = 0});
  EXPECT_EQ(program.output(), "");
  EXPECT_THAT(program.error_output(), HasSubstr("[WARNING] [lifecycle] static initialisation\n"));
  EXPECT_THAT(program.error_output(), HasSubstr("never started: 1 spans"));
}

}  // namespace
}  // namespace ergon::test
