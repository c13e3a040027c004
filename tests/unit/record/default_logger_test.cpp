#include <gtest/gtest.h>

#include <string>
#include <thread>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {
namespace {

using ergon::testing::Recorder;
using ergon::testing::Recording;

// No code runs to make it: static initialisation may use it in whatever order.
constinit const Logger kConstant = ergon::log;

TEST(DefaultLogger, IsThatOfItsName) {
  EXPECT_EQ(&detail::intern_logger("app", {}), &detail::default_logger);
  EXPECT_NE(&detail::intern_logger("app", {.version = "1"}), &detail::default_logger);
}

TEST(DefaultLogger, LogsFromAnyThread) {
  Recorder recorder;
  ergon::log.info("one {}", 1);
  std::thread([] { kConstant.with({{"key", "value"}}).warning("two"); }).join();
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 2U);
  for (const auto& log : recording.logs()) EXPECT_EQ(log.logger, "app");
}

TEST(DefaultLogger, HasTheLevelOfTheSession) {
  TelemetryConfig config = everything();
  config.logging->level = Level::error;
  {
    MemorySession session(config);
    EXPECT_FALSE(ergon::log.enabled(Level::warning));
    EXPECT_TRUE(ergon::log.enabled(Level::error));
  }
  config.logging->levels = {{"app", Level::debug}};
  MemorySession session(config);
  EXPECT_TRUE(ergon::log.enabled(Level::debug));
}

void deliver_what_came_before() {
  ergon::log.info("early");
  MemorySession session;
  const auto requests = session.take(telemetry::Signal::logs);
  ASSERT_EQ(requests.size(), 1U);
  const auto logs = telemetry::read_logs(requests[0]).logs;
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0].message, "early");
  EXPECT_EQ(logs[0].logger, "app");
}

TEST(DefaultLogger, DeliversWhatCameBeforeTheSession) { run_in_fresh_process(&deliver_what_came_before); }

TEST(DefaultLogger, WarnsWithoutASession) {
  run_in_fresh_process([] { ergon::log.error("nobody listens"); }, "\\[ERROR\\] \\[app\\] nobody listens");
}

}  // namespace
}  // namespace ergon::test
