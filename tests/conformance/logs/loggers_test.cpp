#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <ergon/testing/in_memory_store.hpp>

#include "conformance/logs/recorded_logs.hpp"
#include "unit/support_engine/fresh_process.hpp"

// logs/api.md: get a logger, enabled; logs/sdk.md: logger configurator, shutdown.
namespace ergon::test {
namespace {

TelemetryConfig with_levels(Level level, std::map<std::string, Level> levels = {}) {
  TelemetryConfig config = everything();
  config.logging->level = level;
  config.logging->levels = std::move(levels);
  return config;
}

TEST(GetLogger, PassesVersionSchemaUrlAndAttributesOn) {
  MemorySession session;
  get_logger("shop", {.version = "1.2", .schema_url = "https://example.org/1", .attributes = {{"tier", 3}}})
      .info("l");
  get_logger("shop", {.version = "2.0"}).info("l");
  int found = 0;
  for (const std::string& bytes : session.take(telemetry::Signal::logs)) {
    const auto request = decode<ExportLogsServiceRequest>(bytes);
    for (const auto& scope : request.resource_logs(0).scope_logs()) {
      ++found;
      EXPECT_EQ(scope.scope().name(), "shop");
      EXPECT_EQ(scope.log_records_size(), 1);
      if (scope.scope().version() == "2.0") {
        EXPECT_EQ(scope.schema_url(), "");
        EXPECT_EQ(scope.scope().attributes_size(), 0);
        continue;
      }
      EXPECT_EQ(scope.scope().version(), "1.2");
      EXPECT_EQ(scope.schema_url(), "https://example.org/1");
      EXPECT_EQ(value_of(scope.scope().attributes(), "tier").int_value(), 3);
    }
  }
  EXPECT_EQ(found, 2);
}

TEST(LoggerEnabled, GoesByTheSeverity) {
  MemorySession session(with_levels(Level::warning));
  const Logger log = get_logger("conformance.enabled");
  EXPECT_FALSE(log.enabled(Level::info));
  EXPECT_TRUE(log.enabled(Level::warning));
  EXPECT_TRUE(log.enabled(Level::critical));
}

// "If there are no registered LogRecordProcessors, Enabled MUST return false."
TEST(LoggerEnabled, IsFalseWithoutAnyProcessor) {
  TelemetryConfig config = everything();
  config.logging.reset();
  MemorySession session(config);
  EXPECT_FALSE(get_logger("conformance.enabled").enabled(Level::critical));
}

TEST(LoggerEnabled, IsTrueBeforeASession) {
  run_in_fresh_process([] { EXPECT_TRUE(get_logger("early").enabled(Level::trace)); });
}

// "minimum_severity: if the log record's SeverityNumber is specified and is less than the configured
// minimum_severity, the log record MUST be dropped".
TEST(LoggerConfigurator, SetsTheMinimumSeverityByName) {
  MemorySession session(with_levels(Level::error, {{"db", Level::warning}, {"db.pool", Level::debug}}));
  get_logger("db").info("no");
  get_logger("db").warning("yes");
  get_logger("db.pool").debug("yes");
  get_logger("db.pool").trace("no");
  get_logger("others").warning("no");
  const auto logs = logs_of(session);
  EXPECT_EQ(logs.size(), 2U);
  for (const ProtoLog& log : logs) EXPECT_EQ(log.body().string_value(), "yes");
  EXPECT_EQ(session.statistics().logs.total.created, 2U) << "what is dropped so is in no books";
}

TEST(LoggerConfigurator, DisablesALogger) {
  MemorySession session(with_levels(Level::trace, {{"noisy", Level::off}}));
  EXPECT_FALSE(get_logger("noisy").enabled(Level::critical));
  get_logger("noisy").critical("no");
  get_logger("noisy.below").with({{"key", 1}}).critical("no");
  get_logger("noisy").exception(std::runtime_error("no"), "no");
  get_logger("calm").info("yes");
  EXPECT_EQ(only_log(session).body().string_value(), "yes");
}

// "Any changes to the configurator" take effect on loggers that exist, both ways.
TEST(LoggerConfigurator, ChangesWhileTheSessionRuns) {
  testing::InMemoryStore store("changing loggers");
  store.clear();
  auto session = telemetry::start(with_log_processors({SimpleLogProcessor{.exporter = store.exporter()}}));
  const Logger log = get_logger("conformance.changing");
  log.debug("one");
  ASSERT_TRUE(session.set_level("conformance", Level::error));
  EXPECT_FALSE(log.enabled(Level::warning));
  log.warning("left out");
  ASSERT_TRUE(session.set_level("conformance", Level::info));
  log.info("two");
  std::vector<std::string> messages;
  for (const auto& record : store.logs()) messages.push_back(record.message);
  EXPECT_EQ(messages, (std::vector<std::string>{"one", "two"}));
  session.shutdown(std::chrono::seconds(20));
}

// logs/sdk.md#shutdown of the provider: what comes after it is for nobody, and counted.
TEST(LoggerAfterShutdown, DeliversNothingAndIsCounted) {
  MemorySession session;
  const Logger log = get_logger("conformance.shutdown");
  log.info("in time");
  session.stop();
  const auto before = session.statistics().logs.total;
  EXPECT_EQ(before.delivered, 1U);
  log.info("late");
  get_logger("conformance.shutdown.new").with({{"key", 1}}).error("late {}", 1);
  const auto after = session.statistics().logs.total;
  constexpr auto kLate = static_cast<std::size_t>(telemetry::DropReason::already_shutdown);
  EXPECT_EQ(after.dropped[kLate] - before.dropped[kLate], 2U);
  EXPECT_EQ(after.delivered, 1U);
  EXPECT_TRUE(after.closes());
}

}  // namespace
}  // namespace ergon::test
