#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "support/temporary_folder.hpp"
#include "unit/support_engine/child_status.hpp"

// Handlers of logs as a program meets them: real files, made by what the configuration says.
namespace ergon::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using telemetry::DropReason;
using Lines = std::vector<std::string>;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

Lines lines_of(const fs::path& path) {
  Lines lines;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

class LogHandlers : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  [[nodiscard]] static telemetry::Session start(LoggingConfig logging) {
    return telemetry::start({.service_name = "billing", .logging = std::move(logging)});
  }

  TemporaryFolder folder_;
  const std::map<std::string, LogFormatter> plain_{{"plain", TextFormatter{.format = "{logger}: {message}"}}};
};

TEST_F(LogHandlers, EachWritesWhatItTakes) {
  auto session =
      start({.level = Level::debug,
             .handlers = {FileHandler{.level = Level::debug, .filename = path("all.log")},
                          JsonHandler{.level = Level::warning, .filename = path("bad/{task}{pid}.json")},
                          RotatingFileHandler{.formatter = "plain", .filename = path("plain.log")}},
             .formatters = plain_});
  ASSERT_TRUE(session);
  std::string trace_id;
  {
    const auto span = get_tracer("t").scoped_span("s");
    trace_id = span.context().trace_id.to_hex();
    get_logger("orders").debug("looked at {}", 7);
    get_logger("orders").with({{"order.id", "o-1"}}).warning("refused {}", 7);
  }
  ASSERT_TRUE(session.shutdown(10s));
  const std::string time = R"(\[[0-9-]+ [0-9:]+\] )";
  EXPECT_THAT(
      lines_of(path("all.log")),
      ElementsAre(MatchesRegex(time + R"(\[DEBUG\] \[orders\] looked at 7 trace_id=)" + trace_id + ".*"),
                  MatchesRegex(time + R"(\[WARNING\] \[orders\] refused 7 order.id=o-1 trace_id=.*)")));
  const Lines json = lines_of(path("bad/billing" + std::to_string(getpid()) + ".json"));
  ASSERT_EQ(json.size(), 1U);
  const auto object = nlohmann::json::parse(json[0]);
  EXPECT_EQ(object["message"], "refused 7");
  EXPECT_EQ(object["trace_id"], trace_id);
  EXPECT_EQ(object["thread"], gettid());
  EXPECT_EQ(object["attributes"], (nlohmann::json{{"order.id", "o-1"}}));
  EXPECT_EQ(object["resource"]["service.name"], "billing");
  EXPECT_THAT(object["source"]["file"].get<std::string>(), HasSubstr("log_handlers_test.cpp"));
  EXPECT_THAT(lines_of(path("plain.log")), ElementsAre("orders: refused 7"));
}

TEST_F(LogHandlers, OfAFileAreReadOfYaml) {
  const std::string file = path("telemetry.yaml");
  std::ofstream(file)
      << "service_name: billing\nlogging:\n  formatters: {short: {text: {format: '{level:.1} {message}'}}}\n"
         "  filters: {orders: {match: {loggers: ['orders*']}}}\n  handlers:\n"
      << "    - timed_rotating_file: {filename: '" << path("a.log")
      << "', when: midnight, max_bytes: 10MiB, formatter: short, filters: [orders]}\n";
  auto session = telemetry::start_from_file(file);
  ASSERT_TRUE(session) << session.errors()[0];
  get_logger("orders.payments").error("one");
  get_logger("mail").info("two");
  session.shutdown(10s);
  EXPECT_THAT(lines_of(path("a.log")), ElementsAre("E one"));
  EXPECT_EQ(session.statistics().logs.total.dropped[static_cast<std::size_t>(DropReason::filtered)], 1U);
}

TEST_F(LogHandlers, KeepTheOrderOfDifferentLoggers) {
  auto session = start(
      {.handlers = {FileHandler{.formatter = "plain", .filename = path("a.log")}}, .formatters = plain_});
  Lines expected;
  for (int i = 0; i < 500; ++i) {
    const std::string logger = "l" + std::to_string(i % 3);
    get_logger(logger).info("{}", i);
    expected.push_back(logger + ": " + std::to_string(i));
  }
  session.shutdown(10s);
  EXPECT_EQ(lines_of(path("a.log")), expected);
}

TEST_F(LogHandlers, KeepEveryLineOnceThroughRotationsUnderThreads) {
  constexpr int kThreads = 8;
  // The soak test has a thousand rotations, which rename half a million files.
  const bool is_soak = std::getenv("ERGON_ALL_ROTATIONS") != nullptr;
  const int each = is_soak ? 8'000 : 1'500;
  auto session =
      start({.handlers = {RotatingFileHandler{
                 .formatter = "plain", .filename = path("a.log"), .max_bytes = 400, .backup_count = 9'999}},
             .formatters = plain_});
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([thread, each] {
        const Logger log = get_logger("t");
        for (int i = 0; i < each; ++i) log.info("{}", thread * each + i);
      });
    }
  }
  ASSERT_TRUE(session.shutdown(5min));
  std::vector<int> seen;
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    ++files;
    for (const std::string& line : lines_of(entry.path())) {
      ASSERT_TRUE(line.starts_with("t: ")) << line;
      seen.push_back(std::stoi(line.substr(3)));
    }
  }
  EXPECT_GT(files, is_soak ? 1'000U : 200U);
  std::ranges::sort(seen);
  ASSERT_EQ(seen.size(), static_cast<std::size_t>(kThreads * each));
  for (int i = 0; i < kThreads * each; ++i) ASSERT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST_F(LogHandlers, FailAlone) {
  std::ofstream(path("file")) << "no folder";
  auto session = start({.handlers = {FileHandler{.filename = path("file/a.log")},
                                     FileHandler{.formatter = "plain", .filename = path("b.log")}},
                        .formatters = plain_});
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) get_logger("l").info("{}", i);
  session.flush(10s);
  const auto statistics = session.statistics().logs;
  session.shutdown(10s);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("Not a directory"));
  EXPECT_THAT(lines_of(path("b.log")), ElementsAre("l: 0", "l: 1", "l: 2"));
  ASSERT_EQ(statistics.destinations.size(), 2U);
  EXPECT_EQ(statistics.destinations[0].counts.dropped[static_cast<std::size_t>(DropReason::non_retryable)],
            3U);
  EXPECT_EQ(statistics.destinations[1].counts.delivered, 3U);
}

TEST_F(LogHandlers, NeverSeeWhatIsRedacted) {
  auto session =
      telemetry::start({.redact = RedactConfig{.keys = {"password"}, .patterns = {R"(\d{4}-\d{4})"}},
                        .logging = LoggingConfig{.handlers = {FileHandler{.filename = path("a.log")},
                                                              JsonHandler{.filename = path("a.json")}}}});
  get_logger("l").with({{"password", "hunter2"}, {"card", "1234-5678"}}).info("card {}", "1234-5678");
  session.shutdown(10s);
  for (const char* name : {"a.log", "a.json"}) {
    const Lines lines = lines_of(path(name));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines[0], HasSubstr("card [redacted]"));
    EXPECT_EQ(lines[0].find("hunter2"), std::string::npos);
    EXPECT_EQ(lines[0].find("1234"), std::string::npos);
  }
}

TEST_F(LogHandlers, OfAForkedChildWriteToItsOwnFiles) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  auto session =
      start({.handlers = {FileHandler{.formatter = "plain", .filename = path("{pid}.log")},
                          RotatingFileHandler{.formatter = "plain", .filename = path("shared.log")}},
             .formatters = plain_});
  get_logger("l").info("parent");
  ASSERT_TRUE(session.flush(10s));
  const auto act = [&] {
    get_logger("l").info("child");
    const bool is_done = session.flush(10s);
    const std::string pid = std::to_string(getpid());
    const bool has_own = lines_of(path(pid + ".log")) == Lines{"l: child"} &&
                         lines_of(path("shared.log." + pid)) == Lines{"l: child"};
    return (is_done ? 0 : 1) | (has_own ? 0 : 2);
  };
  EXPECT_EQ(child_status(act), 0);
  get_logger("l").info("parent again");
  session.shutdown(10s);
  EXPECT_THAT(lines_of(path(std::to_string(getpid()) + ".log")), ElementsAre("l: parent", "l: parent again"));
  EXPECT_THAT(lines_of(path("shared.log")), ElementsAre("l: parent", "l: parent again"));
}

// In a batch that would wait for an hour.
TEST_F(LogHandlers, SendAtOnceWhatMatters) {
  testing::InMemoryStore store("hurried");
  const BatchLogProcessor batch{.schedule_delay = 1h, .exporter = InMemoryExporter{.store = "hurried"}};
  auto session = start({.handlers = {OtlpHandler{.processors = {batch}}}, .flush_on = Level::warning});
  get_logger("l").info("before");
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(store.logs().size(), 0U);
  get_logger("l").warning("now");
  for (int i = 0; i < 100 && store.logs().size() < 2; ++i) std::this_thread::sleep_for(50ms);
  ASSERT_EQ(store.logs().size(), 2U);
  EXPECT_EQ(store.logs()[0].message, "before");
}

TEST_F(LogHandlers, RefuseNamesThatAreNot) {
  ::testing::internal::CaptureStderr();
  const auto session =
      start({.handlers = {FileHandler{.formatter = "shrt", .filters = {"none"}, .filename = path("a")},
                          FileHandler{}},
             .formatters = {{"short", TextFormatter{}}}});
  ::testing::internal::GetCapturedStderr();
  EXPECT_FALSE(session);
  EXPECT_THAT(
      session.errors(),
      ElementsAre(
          HasSubstr("logging.handlers[0].file.formatter: found shrt; allowed: one of text, json, short "
                    "(did you mean short?)"),
          HasSubstr("logging.handlers[0].file.filters[0]: found none; allowed: a name in filters"),
          HasSubstr("logging.handlers[1].file.filename")));
}

}  // namespace
}  // namespace ergon::test
