#include <ergon/task/app.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/telemetry.hpp>

#include "support/child_process.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/task/fakes.hpp"

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
    ERGON_OPTIONS(Options, count);
  };
  explicit LoudConnector(const Options& options)
      : ListConnector(items(static_cast<int>(options.count)), journal()) {}
  void exit() override { say("acked " + std::to_string(acked_) + " requeued " + std::to_string(requeued_)); }
  void ack(const RawTransaction& /*transaction*/) override { ++acked_; }
  void nack(const RawTransaction& /*transaction*/, Requeue requeue) override {
    if (requeue == Requeue::yes) ++requeued_;
  }

 private:
  static Journal& journal() {
    static Journal unused;
    return unused;
  }

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
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait(lock, stop_, [] { return false; });
    say("asked to stop");
    if (is_stuck) never.wait(lock, [] { return false; });
  }

 private:
  std::stop_token stop_;
};
using Patient = Waiting<false>;
using Stuck = Waiting<true>;

// Logs where only those who ask for it see it.
class Talkative : public Consumer<Item> {
 public:
  void process(const Transaction<Item>& /*transaction*/) override { log_.debug("in detail"); }

 private:
  Logger log_ = get_logger("talkative");
};

int run_program(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv{"program"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  const TaskConfig loud{.connectors = {{"items", LoudConnector::Options{}}}};
  return App("program", "1.0")
      .task<ScriptedTask>("Items", loud)
      .task<ScriptedTask>("Unconfigured")
      .task<ScriptedTask>("Jsonl",
                          {.connectors = {{"items", JsonlConnector::Options{.path = "/nonexistent"}}}})
      .task<ScriptedTask>("Pathless", {.connectors = {{"items", JsonlConnector::Options{}}}})
      .task<Talkative>("Talkative", loud)
      .task<Patient>("Patient", loud)
      .task<Stuck>("Stuck", loud)
      .connector<LoudConnector>("loud")
      .main(static_cast<int>(argv.size()), argv.data());
}

constexpr auto kArguments = "ERGON_TEST_PROGRAM_ARGUMENTS";

class Program : public ChildProcess {
 public:
  explicit Program(const std::vector<std::string>& arguments,
                   std::map<std::string, std::string> environment = {})
      : ChildProcess({.arguments = {"/proc/self/exe"},
                      .environment = with_arguments(arguments, std::move(environment))}) {}

  int exit_code() {
    const auto status = wait(kPatience);
    return status ? status->code : -2;
  }

 private:
  static std::map<std::string, std::string> with_arguments(const std::vector<std::string>& arguments,
                                                           std::map<std::string, std::string> environment) {
    environment.emplace(kArguments, nlohmann::json(arguments).dump());
    return environment;
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
  EXPECT_EQ(program.output(), "Items\nUnconfigured\nJsonl\nPathless\nTalkative\nPatient\nStuck\n");
}

TEST(App, ExitsWithTwoWhenItIsConfiguredWrongly) {
  Program without_connector({"run", "Unconfigured"});
  EXPECT_EQ(without_connector.exit_code(), 2);
  EXPECT_EQ(without_connector.output(), "");
  EXPECT_EQ(without_connector.error_output(),
            "tasks.Unconfigured.connectors: found no connector; allowed: one, NAME: {TYPE: {options}}, with "
            "TYPE one of jsonl, loud\n");
  Program without_path({"run", "Pathless"});
  EXPECT_EQ(without_path.exit_code(), 2);
  EXPECT_TRUE(without_path.error_output().starts_with("tasks.Pathless.connectors.items.jsonl.path: "));
  const TemporaryFile file("tasks: {Items: {colour: red}}");
  Program unknown_key({"run", "Items", "--config", file.path()});
  EXPECT_EQ(unknown_key.exit_code(), 2);
  EXPECT_TRUE(unknown_key.error_output().starts_with(file.path() + ":1:17: tasks.Items.colour: "));
}

#if !defined(ERGON_TELEMETRY_OFF)

// What the first line of JSON says of the resource; a broken line of input is logged.
nlohmann::json logged_resource(const std::string& resource, std::map<std::string, std::string> environment) {
  const TemporaryFile input("broken\n");
  const TemporaryFile file("tasks: {Jsonl: {connectors: {items: {jsonl: {path: " + input.path() + "}}}, " +
                           resource +
                           "logging: {handlers: [{console: {formatter: json}}], resource: {kind: file}}}}");
  Program program({"run", "Jsonl", "--config", file.path()}, std::move(environment));
  EXPECT_EQ(program.exit_code(), 0) << program.error_output();
  const std::string output = program.output();
  return nlohmann::json::parse(output.substr(0, output.find('\n'))).at("resource");
}

TEST(App, DescribesItselfByCodeThenEnvironmentThenFile) {
  EXPECT_EQ(logged_resource("", {}).at("service.name"), "Jsonl") << "the task, if nothing says another";
  const std::map<std::string, std::string> environment{
      {"OTEL_SERVICE_NAME", "env"},
      {"OTEL_RESOURCE_ATTRIBUTES", "team=env,region=env,kind=env,ergon.task.name=env"}};
  EXPECT_EQ(logged_resource("", environment).at("service.name"), "env");
  const auto resource = logged_resource("resource: {service.name: shop, team: file}, ", environment);
  EXPECT_EQ(resource.at("service.name"), "shop");
  EXPECT_EQ(resource.at("team"), "file");
  EXPECT_EQ(resource.at("region"), "env");
  EXPECT_EQ(resource.at("kind"), "file") << "of logs alone";
  EXPECT_EQ(resource.at("ergon.task.name"), "Jsonl");
}

TEST(App, ShowsWhatPassesTheLevelWhereNoHandlerIsListed) {
  const TemporaryFile debug("tasks: {Talkative: {logging: {level: debug}}}");
  Program at_debug({"run", "Talkative", "--config", debug.path()});
  EXPECT_EQ(at_debug.exit_code(), 0);
  EXPECT_NE(at_debug.output().find("[DEBUG] [talkative] in detail"), std::string::npos) << at_debug.output();
  const TemporaryFile listed("tasks: {Talkative: {logging: {level: debug, handlers: [{console: }]}}}");
  Program with_handler({"run", "Talkative", "--config", listed.path()});
  EXPECT_EQ(with_handler.exit_code(), 0);
  EXPECT_EQ(with_handler.output().find("in detail"), std::string::npos) << "a listed handler begins at info";
}

#endif

TEST(App, ExitsWithOneWhenItsInputIsMissing) {
  Program program({"run", "Jsonl"});
  EXPECT_EQ(program.exit_code(), 1);
  EXPECT_EQ(last_line(program.error_output()),
            "program: connector 'items': cannot open /nonexistent: No such file or directory");
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

INSTANTIATE_TEST_SUITE_P(Both, AppSignals, ::testing::Values(SIGINT, SIGTERM));

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
    return run_program(nlohmann::json::parse(arguments).get<std::vector<std::string>>());
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

}  // namespace ergon::test

int main(int argc, char** argv) { return ergon::test::main_of_test(argc, argv); }
