#include <ergon/task/app.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/telemetry/logger.hpp>

#include "support/child_process.hpp"
#include "unit/connectors/fifo.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/task/fakes.hpp"
#include "unit/task/wait_for_stop.hpp"

// A whole program, as a child process: this test itself, asked to be one by its environment (see main,
// below).
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

// To stdout at once, for the parent to read.
void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

// Says how much it settled, and how.
struct LoudConnector : ListConnector {
  struct Options {
    std::int64_t count{3};
    bool is_loud{true};
    ERGON_OPTIONS(Options, count, is_loud);
  };
  explicit LoudConnector(const Options& options)
      : ListConnector(items(static_cast<int>(options.count)), journal()), is_loud_(options.is_loud) {}
  void exit() override {
    if (is_loud_) say("acked " + std::to_string(acked_) + " requeued " + std::to_string(requeued_));
  }
  void ack(const RawTransaction& /*transaction*/) override { ++acked_; }
  void nack(const RawTransaction& /*transaction*/, Requeue requeue) override {
    if (requeue == Requeue::yes) ++requeued_;
  }

 private:
  static Journal& journal() {
    static Journal unused;
    return unused;
  }

  bool is_loud_;
  int acked_{0};
  int requeued_{0};
};

// With its second transaction it waits until the worker is to stop, then goes on, or hangs if it is `Stuck`.
template <bool is_stuck>
class Waiting : public Consumer<Item> {
 public:
  explicit Waiting(TaskContext& context) : stop_(context.stop_token()) {}

  void process(const Transaction<Item>& transaction) override {
    if (transaction.payload().number != 2) return;
    say("in flight");
    wait_for_stop(stop_);
    say("asked to stop");
    if (is_stuck) wait_for_stop({});
  }

 private:
  std::stop_token stop_;
};
using Patient = Waiting<false>;
using Stuck = Waiting<true>;

struct Crashing : Consumer<Item> {
  void process(const Transaction<Item>& /*transaction*/) override { std::raise(SIGSEGV); }
};

constexpr int kCrashExitCode = 77;
void exit_of_crash(int /*signal*/) { ::_exit(kCrashExitCode); }

struct Answering : Consumer<Item> {
  void process(const Transaction<Item>& transaction) override {
    say("got " + std::to_string(transaction.payload().number));
  }
};

// Logs more than a pipe holds, says so on stderr, and waits until the worker is to stop.
class Talkative : public Consumer<Item> {
 public:
  explicit Talkative(TaskContext& context) : stop_(context.stop_token()) {}

  void process(const Transaction<Item>& transaction) override {
    if (transaction.payload().number != 1) return;
    const Logger log = get_logger("talkative");
    for (int i = 0; i < 2'000; ++i) log.info("line {} of many: {}", i, std::string(100, '.'));
    std::fputs("has talked\n", stderr);
    wait_for_stop(stop_);
  }

 private:
  std::stop_token stop_;
};

int run_program(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv{"program"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  std::signal(SIGSEGV, exit_of_crash);
  const TaskConfig loud{.connectors = {{"items", LoudConnector::Options{}}}};
  const TaskConfig quiet{.connectors = {{"items", LoudConnector::Options{.is_loud = false}}}};
  TaskConfig talkative = quiet;
  talkative.logging = LoggingConfig{.handlers = {ConsoleHandler{}}};
  return App("program", "1.0")
      .task<ScriptedTask>("Items", loud)
      .task<ScriptedTask>("Unconfigured")
      .task<ScriptedTask>("Jsonl",
                          {.connectors = {{"items", JsonlConnector::Options{.path = "/nonexistent"}}}})
      .task<Patient>("Patient", loud)
      .task<Stuck>("Stuck", loud)
      .task<Talkative>("Talkative", talkative)
      .task<ScriptedTask>("Quiet", quiet)
      .task<Crashing>("Crashing", quiet)
      .task<Answering>("Answering")
      .connector<LoudConnector>("loud")
      .main(static_cast<int>(argv.size()), argv.data());
}

constexpr auto kArguments = "ERGON_TEST_PROGRAM_ARGUMENTS";
constexpr auto kStdout = "ERGON_TEST_PROGRAM_STDOUT";

// In place of stdout, a pipe that nobody reads: full and `unread`, or `closed` by its reader.
void replace_stdout(const std::string& by) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) std::abort();
  while (::write(pipe[1], "x", 1) == 1) {
  }
  ::fcntl(pipe[1], F_SETFL, 0);
  ::dup2(pipe[1], STDOUT_FILENO);
  if (by == "closed") ::close(pipe[0]);
}

class Program : public ChildProcess {
 public:
  explicit Program(const std::vector<std::string>& arguments, const std::string& output = {})
      : ChildProcess({.arguments = {"/proc/self/exe"},
                      .environment = {{kArguments, nlohmann::json(arguments).dump()}, {kStdout, output}}}) {}

  int exit_code() {
    const auto status = wait(kPatience);
    return status ? status->code : -2;
  }
};

std::string last_line(const std::string& text) {
  const auto end = text.find_last_not_of('\n');
  return text.substr(text.rfind('\n', end) + 1, end - text.rfind('\n', end));
}

TEST(App, RunsATaskToTheEndOfItsInput) {
  Program program({"run", "Items", "--summary", "json"});
  EXPECT_EQ(program.exit_code(), 0);
  const auto summary = nlohmann::json::parse(last_line(program.output()));
  EXPECT_EQ(summary["transactions"]["ok"], 3);
  EXPECT_EQ(summary["transactions"]["failed"], 0);
  EXPECT_EQ(summary["signals"].size(), 3U);
}

TEST(App, ListsItsTasks) {
  Program program({"list"});
  EXPECT_EQ(program.exit_code(), 0);
  EXPECT_EQ(program.output(),
            "Items\nUnconfigured\nJsonl\nPatient\nStuck\nTalkative\nQuiet\nCrashing\nAnswering\n");
}

TEST(App, ExitsWithTwoWhenItIsConfiguredWrongly) {
  Program without_connector({"run", "Unconfigured"});
  EXPECT_EQ(without_connector.exit_code(), 2);
  EXPECT_EQ(without_connector.output(), "");
  EXPECT_EQ(without_connector.error_output(),
            "tasks.Unconfigured.connectors: found no connector; allowed: one, which transactions are fetched "
            "from\n");
  const TemporaryFile file("tasks: {Items: {colour: red}}");
  Program unknown_key({"run", "Items", "--config", file.path()});
  EXPECT_EQ(unknown_key.exit_code(), 2);
  EXPECT_TRUE(unknown_key.error_output().starts_with(file.path() + ":1:17: tasks.Items.colour: "));
}

TEST(App, ExitsWithOneWhenItsInputIsMissing) {
  Program program({"run", "Jsonl"});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_EQ(last_line(program.error_output()),
            "program: connector 'items': cannot open /nonexistent: No such file or directory");
}

TEST(App, LetsACrashOnALoopThreadReachTheHandlers) {
  Program program({"run", "Crashing"});
  EXPECT_EQ(program.exit_code(), kCrashExitCode);
}

class AppSignals : public ::testing::TestWithParam<int> {};

TEST_P(AppSignals, FinishInFlightWorkAndHandBackTheRest) {
  Program program({"run", "Patient", "--summary", "json"});
  ASSERT_TRUE(program.wait_for_output("in flight\n", kPatience));
  program.send_signal(GetParam());
  EXPECT_EQ(program.exit_code(), 128 + GetParam());
  EXPECT_NE(program.output().find("acked 2 requeued 1\n"), std::string::npos) << program.output();
  EXPECT_EQ(nlohmann::json::parse(last_line(program.output()))["transactions"]["ok"], 2);
}

TEST_P(AppSignals, EndTheProgramThoughItsInputDoesNot) {
  const Fifo fifo;
  const TemporaryFile config("tasks: {Answering: {connectors: {items: {jsonl: {path: " + fifo.path() +
                             "}}}, policies: {consumer: {loop: {concurrency: 3}}}}}");
  Program program({"run", "Answering", "--config", config.path(), "--summary", "json"});
  auto writer = fifo.open_writer();
  writer << "{\"number\": 1}\n{\"number\": 2}\n{\"number\": 3}\n" << std::flush;
  for (const auto* answer : {"got 1\n", "got 2\n", "got 3\n"}) {
    ASSERT_TRUE(program.wait_for_output(answer, kPatience));
  }
  program.send_signal(GetParam());
  EXPECT_EQ(program.exit_code(), 128 + GetParam());
  EXPECT_EQ(nlohmann::json::parse(last_line(program.output()))["transactions"]["ok"], 3);
}

// It waits for stdout as long as telemetry may (5 s) and a second for its own summary, no longer.
TEST_P(AppSignals, EndTheProgramThoughNobodyReadsItsOutput) {
  Program program({"run", "Talkative"}, "unread");
  ASSERT_TRUE(program.wait_for_error_output("has talked\n", kPatience));
  const auto start = std::chrono::steady_clock::now();
  program.send_signal(GetParam());
  EXPECT_EQ(program.exit_code(), 128 + GetParam());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s + 2s);
}

INSTANTIATE_TEST_SUITE_P(Both, AppSignals, ::testing::Values(SIGINT, SIGTERM));

TEST(App, KeepsItsExitCodeWhenTheReaderOfItsOutputHasGone) {
  Program program({"run", "Quiet"}, "closed");
  EXPECT_EQ(program.exit_code(), 0);
}

TEST(App, EndsAtOnceAtASecondSignal) {
  Program program({"run", "Stuck"});
  ASSERT_TRUE(program.wait_for_output("in flight\n", kPatience));
  program.send_signal(SIGTERM);
  ASSERT_TRUE(program.wait_for_output("asked to stop\n", kPatience));
  program.send_signal(SIGINT);
  EXPECT_EQ(program.exit_code(), 130);
}

}  // namespace

// In place of GoogleTest's own.
int main_of_test(int argc, char** argv) {
  if (const char* arguments = std::getenv(kArguments)) {
    if (const std::string output = std::getenv(kStdout); !output.empty()) replace_stdout(output);
    return run_program(nlohmann::json::parse(arguments).get<std::vector<std::string>>());
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

}  // namespace ergon::test

int main(int argc, char** argv) { return ergon::test::main_of_test(argc, argv); }
