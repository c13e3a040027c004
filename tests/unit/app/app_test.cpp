#include <ergon/task/app.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <ergon/telemetry.hpp>

#include "support/child_process.hpp"
#include "unit/app/test_program.hpp"
#include "unit/connectors/fifo.hpp"
#include "unit/connectors/temporary_file.hpp"

// A whole program, as a child process: this test itself, asked to be one by its environment (see main,
// below).
namespace ergon::test {
namespace {

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
  EXPECT_EQ(program.output(),
            "Items\nUnconfigured\nJsonl\nPathless\nDetailed\nPatient\nStuck\nTalkative\nQuiet\nCrashing\nAnsw"
            "ering\nCalling\n");
}

TEST(App, ExitsWithTwoWhenItIsConfiguredWrongly) {
  Program without_connector({"run", "Unconfigured"});
  EXPECT_EQ(without_connector.exit_code(), 2);
  EXPECT_EQ(without_connector.output(), "");
  EXPECT_EQ(without_connector.error_output(),
            "tasks.Unconfigured.connectors: found no connector; allowed: one, NAME: {TYPE: {options}}, with "
            "TYPE one of jsonl, memory, loud\n");
  Program without_path({"run", "Pathless"});
  EXPECT_EQ(without_path.exit_code(), 2);
  EXPECT_TRUE(without_path.error_output().starts_with("tasks.Pathless.connectors.items.jsonl.path: "));
  const TemporaryFile file("tasks: {Items: {colour: red}}");
  Program unknown_key({"run", "Items", "--config", file.path()});
  EXPECT_EQ(unknown_key.exit_code(), 2);
  EXPECT_TRUE(unknown_key.error_output().starts_with(file.path() + ":1:17: tasks.Items.colour: "));
}

TEST(App, ChecksConfigurationsWithoutStartingAnything) {
  const TemporaryFile good("tasks: {Items: {workers: 1}}");
  Program check({"config", "check", good.path()});
  EXPECT_EQ(check.exit_code(), 0);
  EXPECT_EQ(check.output(), good.path() + ": no errors\n");
  const TemporaryFile bad("tasks:\n  Items: {colour: red, workers: 0}\n  Itms: {}\n");
  Program refused({"config", "check", bad.path(), "--set", "workers=5000"});
  EXPECT_EQ(refused.exit_code(), 2);
  EXPECT_EQ(refused.output(), "");
  for (const char* place : {":2:11: tasks.Items.colour: ", ":2:33: tasks.Items.workers: ",
                            ":3:3: tasks.Itms: ", "--set workers:1:1: tasks.Items.workers: "})
    EXPECT_NE(refused.error_output().find(place), std::string::npos) << place << refused.error_output();
}

TEST(App, ExplainsConfigurations) {
  const TemporaryFile file("tasks: {Items: {resource: {team: blue}}, Quiet: }");
  Program show({"config", "show", file.path(), "Items", "--set", "logging.level=debug"});
  EXPECT_EQ(show.exit_code(), 0);
  EXPECT_NE(show.output().find("# " + file.path() + ":1\n"), std::string::npos) << show.output();
  EXPECT_NE(show.output().find("# --set logging.level\n"), std::string::npos);
  EXPECT_EQ(show.output().find("Quiet"), std::string::npos);
  Program other({"config", "show", file.path(), "Patient"});
  EXPECT_EQ(other.exit_code(), 2);
  Program schema({"config", "schema"});
  EXPECT_EQ(schema.exit_code(), 0);
  EXPECT_TRUE(nlohmann::json::parse(schema.output()).at("properties").contains("tasks"));
  Program example({"config", "example", "Items"});
  EXPECT_EQ(example.exit_code(), 0);
  const TemporaryFile written(example.output());
  Program check({"config", "check", written.path()});
  EXPECT_EQ(check.exit_code(), 0) << check.error_output();
}

#if !defined(ERGON_TELEMETRY_OFF)

TEST(App, RunsWithoutTelemetryWhereItIsTurnedOff) {
  const auto created = [](const std::string& telemetry, std::map<std::string, std::string> environment) {
    const TemporaryFile file("tasks: {Items: {" + telemetry +
                             "logging: {level: trace}, tracing: , metrics: }}");
    Program program({"run", "Items", "--config", file.path(), "--summary", "json"}, std::move(environment));
    EXPECT_EQ(program.exit_code(), 0) << program.error_output();
    const auto summary = nlohmann::json::parse(last_line(program.output()));
    EXPECT_EQ(summary["transactions"]["ok"], 3);
    return summary["signals"]["spans"]["created"].get<int>() +
           summary["signals"]["logs"]["created"].get<int>();
  };
  EXPECT_EQ(created("", {{"OTEL_SDK_DISABLED", "true"}}), 0);
  EXPECT_EQ(created("telemetry: off, ", {}), 0);
}

TEST(App, KeepsItsTroublesToItselfWhereTheEnvironmentSaysSo) {
  const std::string what = "OTEL_TRACES_EXPORTER: found \"zipkin\"";
  Program told({"run", "Items"}, {{"OTEL_TRACES_EXPORTER", "zipkin"}});
  EXPECT_EQ(told.exit_code(), 0);
  EXPECT_NE(told.error_output().find(what), std::string::npos) << told.error_output();
  Program quiet({"run", "Items"}, {{"OTEL_TRACES_EXPORTER", "zipkin"}, {"OTEL_LOG_LEVEL", "Error"}});
  EXPECT_EQ(quiet.exit_code(), 0);
  EXPECT_EQ(quiet.error_output(), "");
}

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

std::string headers_of_a_call(const std::string& task, std::map<std::string, std::string> environment = {}) {
  const TemporaryFile file("tasks: {Calling: " + task + "}");
  Program program({"run", "Calling", "--config", file.path()}, std::move(environment));
  EXPECT_EQ(program.exit_code(), 0) << program.error_output();
  return program.output();
}

TEST(App, PropagatesAsItsConfigurationSays) {
  EXPECT_THAT(headers_of_a_call("{tracing: }"), ::testing::ContainsRegex("^traceparent: 00-[0-9a-f-]*-03\n"));
  EXPECT_THAT(headers_of_a_call("{}"), ::testing::ContainsRegex("^traceparent: 00-[0-9a-f-]*-02\n"));
  const std::string own = headers_of_a_call("{propagator: {composite: [{shouting: {word: hey}}, {b3: }]}}");
  EXPECT_THAT(own, ::testing::ContainsRegex("^b3: [0-9a-f-]*-0\nx-shout: hey!\n"));
  const std::map<std::string, std::string> environment{{"OTEL_PROPAGATORS", "shouting"}};
  EXPECT_THAT(headers_of_a_call("{}", environment), ::testing::StartsWith("x-shout: hello!\n"));
  EXPECT_THAT(headers_of_a_call("{propagator: {composite: [{b3: }]}}", environment),
              ::testing::StartsWith("b3: "));
}

TEST(App, ShowsWhatPassesTheLevelWhereNoHandlerIsListed) {
  const TemporaryFile debug("tasks: {Detailed: {logging: {level: debug}}}");
  Program at_debug({"run", "Detailed", "--config", debug.path()});
  EXPECT_EQ(at_debug.exit_code(), 0);
  EXPECT_NE(at_debug.output().find("[DEBUG] [talkative] in detail"), std::string::npos) << at_debug.output();
  const TemporaryFile listed("tasks: {Detailed: {logging: {level: debug, handlers: [{console: }]}}}");
  Program with_handler({"run", "Detailed", "--config", listed.path()});
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

TEST(App, LetsACrashOnALoopThreadReachTheHandlers) {
  Program program({"run", "Crashing", "--debug"});
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
  Program program({"run", "Talkative"}, {{kStdout, "unread"}});
  ASSERT_TRUE(program.wait_for_error_output("has talked\n", kPatience));
  const auto start = std::chrono::steady_clock::now();
  program.send_signal(GetParam());
  EXPECT_EQ(program.exit_code(), 128 + GetParam());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s + 2s);
}

INSTANTIATE_TEST_SUITE_P(Both, AppSignals, ::testing::Values(SIGINT, SIGTERM));

TEST(App, KeepsItsExitCodeWhenTheReaderOfItsOutputHasGone) {
  Program program({"run", "Quiet"}, {{kStdout, "closed"}});
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
    if (const char* output = std::getenv(kStdout)) replace_stdout(output);
    return run_program(nlohmann::json::parse(arguments).get<std::vector<std::string>>());
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

}  // namespace ergon::test

int main(int argc, char** argv) { return ergon::test::main_of_test(argc, argv); }
