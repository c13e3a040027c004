#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/child_status.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

// Levels by the names of loggers.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

TelemetryConfig with_levels(Level level, std::map<std::string, Level> levels) {
  TelemetryConfig config = everything();
  config.logging->level = level;
  config.logging->levels = std::move(levels);
  return config;
}

// The least level that the logger takes.
Level level_of(const std::string& name) {
  const Logger log = get_logger(name);
  int level = static_cast<int>(Level::off);
  while (level > 0 && log.enabled(static_cast<Level>(level - 1))) --level;
  return static_cast<Level>(level);
}

telemetry::Session start_with(const LoggingConfig& logging) {
  TelemetryConfig config;
  config.logging = logging;
  return telemetry::start(config);
}

LoggingConfig to(const testing::InMemoryStore& store) {
  return {.handlers = {OtlpHandler{.level = Level::trace, .exporter = store.exporter()}}};
}

TEST(Levels, AreThoseOfTheLongestNameThatFits) {
  MemorySession session(with_levels(Level::error, {{"levels", Level::warning},
                                                   {"levels.payments", Level::debug},
                                                   {"levels.payments.card.visa", Level::off}}));
  EXPECT_EQ(level_of("levels"), Level::warning);
  EXPECT_EQ(level_of("levels.mail"), Level::warning);
  EXPECT_EQ(level_of("levels.payments"), Level::debug);
  EXPECT_EQ(level_of("levels.payments.card"), Level::debug);
  EXPECT_EQ(level_of("levels.payments.card.visa"), Level::off);
  EXPECT_EQ(level_of("levels.payments.card.visa.debit"), Level::off);
  EXPECT_EQ(level_of("levels.paymentsystem"), Level::warning) << "a part of a name is none";
  EXPECT_EQ(level_of("other"), Level::error);
  EXPECT_EQ(level_of(""), Level::error);
  EXPECT_EQ(level_of("."), Level::error);
}

TEST(Levels, AreForLoggersThatExistAndForLaterOnes) {
  const Logger before = get_logger("levels.before");
  MemorySession session(with_levels(Level::info, {{"levels", Level::error}}));
  EXPECT_FALSE(before.enabled(Level::warning));
  EXPECT_FALSE(get_logger("levels.made.later").enabled(Level::warning));
  EXPECT_TRUE(get_logger("levels.made.later").enabled(Level::error));
}

TEST(Levels, AreThoseOfTheSession) {
  const Logger log = get_logger("levels.session");
  {
    MemorySession session(with_levels(Level::info, {{"levels", Level::error}}));
  }
  MemorySession session(with_levels(Level::info, {}));
  EXPECT_TRUE(log.enabled(Level::info));
}

TEST(Levels, OfAnExceptionsLogAreThoseOfItsScope) {
  MemorySession session(with_levels(Level::trace, {{"levels.spans", Level::off}}));
  get_tracer("levels.spans").scoped_span("s").record_exception("E", "not logged");
  get_tracer("levels.other").scoped_span("s").record_exception("E", "logged");
  session.flush();
  EXPECT_EQ(session.statistics().logs.total.created, 1U);
}

// What was recorded before the session obeys its configuration.
void leave_out_what_came_before() {
  get_logger("levels.quiet").info("left out");
  get_logger("levels.loud").debug("kept");
  get_logger("other").debug("left out");
  MemorySession session(with_levels(Level::info, {{"levels.quiet", Level::error}, {"levels", Level::debug}}));
  std::vector<std::string> messages;
  for (const std::string& request : session.take(telemetry::Signal::logs)) {
    for (const auto& log : telemetry::read_logs(request).logs) messages.push_back(log.message);
  }
  EXPECT_EQ(messages, std::vector<std::string>{"kept"});
  const telemetry::Counts counts = session.statistics().logs.total;
  EXPECT_EQ(counts.created, 3U);
  EXPECT_EQ(counts.delivered, 1U);
  EXPECT_TRUE(counts.closes());
}

TEST(Levels, LeaveOutRecordsOfTheTimeBeforeTheSession) { run_in_fresh_process(&leave_out_what_came_before); }

TEST(SetLevel, ChangesLoggersWhileTheSessionRuns) {
  testing::InMemoryStore store("changing levels");
  LoggingConfig logging = to(store);
  logging.levels = {{"levels", Level::error}};
  auto session = start_with(logging);
  const Logger log = get_logger("levels.changing");
  EXPECT_FALSE(log.enabled(Level::debug));
  ASSERT_TRUE(session.set_level("levels.changing", Level::debug));
  EXPECT_TRUE(log.enabled(Level::debug));
  log.debug("recorded");
  EXPECT_EQ(level_of("levels.others"), Level::error);
  ASSERT_TRUE(session.set_level("", Level::critical));
  EXPECT_EQ(level_of("without.one"), Level::critical);
  EXPECT_EQ(level_of("levels.others"), Level::error);
  ASSERT_TRUE(session.flush(20s));
  ASSERT_EQ(store.logs().size(), 1U);
  EXPECT_EQ(store.logs()[0].message, "recorded");
}

TEST(SetLevel, NeedsASessionThatIsActive) {
  testing::InMemoryStore store("no session");
  EXPECT_FALSE(telemetry::Session().set_level("levels", Level::debug));
  auto session = start_with(to(store));
  EXPECT_TRUE(session.set_level("levels", Level::debug));
  session.shutdown(20s);
  EXPECT_FALSE(session.set_level("levels", Level::debug));
}

TEST(SetLevel, LeavesLogsOffWithoutTheirSection) {
  TelemetryConfig config;
  config.metrics = MetricsConfig{
      .readers = {PeriodicReader{.exporter = testing::InMemoryStore("metrics alone").metric_exporter()}}};
  auto session = telemetry::start(config);
  EXPECT_TRUE(session.set_level("levels", Level::debug));
  EXPECT_TRUE(session.set_level("", Level::debug));
  EXPECT_EQ(level_of("levels"), Level::off);
}

TEST(Levels, LetNothingPassAsOff) {
  MemorySession session(with_levels(Level::off, {}));
  EXPECT_FALSE(get_logger("levels").enabled(Level::off));
  get_logger("levels").log(Level::off, "nothing");
  EXPECT_EQ(session.statistics().logs.total.created, 0U);
}

TEST(LevelsInAFork, AreAsTheParentSetThem) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  testing::InMemoryStore store("forked levels");
  store.clear();
  auto session = start_with(to(store));
  ASSERT_TRUE(session.set_level("levels.forked", Level::debug));
  ASSERT_TRUE(session.set_level("", Level::error));
  const auto act = [&] {
    get_logger("levels.forked").debug("first");  // the child begins anew
    get_logger("levels.forked").debug("second");
    get_logger("others").warning("left out");
    if (!session.flush(20s)) return 1;
    return testing::InMemoryStore("forked levels").logs().size() == 2 ? 0 : 2;
  };
  EXPECT_EQ(child_status(act), 0);
  EXPECT_TRUE(session.shutdown(20s));
}

}  // namespace
}  // namespace ergon::test
