#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/session/plan.hpp"
#include "unit/support_engine/fresh_process.hpp"

namespace ergon::telemetry {
namespace {

using namespace std::chrono_literals;

// A session that sends nothing anywhere: the console's level lets nothing pass.
TelemetryConfig quiet() {
  TelemetryConfig config;
  config.logging = LoggingConfig{.handlers = {ConsoleHandler{.level = Level::off}}};
  return config;
}

struct Attempt {
  Session session;
  std::string printed;
};

Attempt attempt(TelemetryConfig config, RuntimeOptions options = {}) {
  ::testing::internal::CaptureStderr();
  Session session = start(std::move(config), std::move(options));
  return {std::move(session), ::testing::internal::GetCapturedStderr()};
}

// The one error names the key, what was found, and what is allowed; it is printed, and the session is inert.
void expect_error(TelemetryConfig config, const std::vector<std::string>& parts) {
  Attempt tried = attempt(std::move(config));
  EXPECT_FALSE(tried.session);
  ASSERT_EQ(tried.session.errors().size(), 1U);
  for (const std::string& part : parts)
    EXPECT_NE(tried.session.errors()[0].find(part), std::string::npos) << part;
  EXPECT_NE(tried.printed.find(tried.session.errors()[0]), std::string::npos) << tried.printed;
}

TelemetryConfig traced_to(OtlpGrpcExporter exporter) {
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = std::move(exporter)}}};
  return config;
}

TEST(Start, RefusesWhatCannotWork) {
  expect_error(traced_to({.endpoint = "ftp://localhost:4317"}),
               {"tracing.processors[0]", "endpoint", "ftp://localhost:4317", "http://"});
  expect_error(traced_to({.endpoint = "http://me:secret@host"}), {"endpoint", "http://...@host", "without"});
  expect_error(traced_to({.endpoint = "http://"}), {"endpoint", "http://HOST:PORT"});
  for (const char* endpoint : {"https://:4317", "http://host:99999", "http://host:0", "http://host:4317x",
                               "http://[::1", "http://host?a=1", "http://host:"}) {
    expect_error(traced_to({.endpoint = endpoint}), {"endpoint", endpoint});
  }
  expect_error(traced_to({.timeout = -1ms}), {"timeout"});
  expect_error(traced_to({.timeout = 25h}), {"timeout"});
  expect_error(traced_to({.tls = {.ca_file = "/"}}), {"ca_file"});
  expect_error(traced_to({.tls = {.ca_file = "/no/such/file.pem"}}), {"ca_file", "/no/such/file.pem"});
  TelemetryConfig config;
  config.tracing = TracingConfig{.sampler = ParentBased{TraceIdRatioBased{1.5}}};
  expect_error(config, {"tracing.sampler", "ratio", "1.5"});
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.max_export_batch_size = 0}}};
  expect_error(config, {"max_export_batch_size", "0"});
  config = {};
  config.metrics = MetricsConfig{.readers = {}};
  expect_error(config, {"metrics.readers"});
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.interval = 0ms}}};
  expect_error(config, {"metrics.readers[0]", "interval"});
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.interval = std::chrono::milliseconds::max()}}};
  expect_error(config, {"metrics.readers[0]", "interval"});
}

TEST(Start, TakesEndpointsOfAnyUsualForm) {
  for (const char* endpoint :
       {"http://collector", "http://collector:4317", "https://[::1]:4317/", "http://127.0.0.1:65535",
        "https://collector.example/prefix", "collector:4317"}) {
    EXPECT_TRUE(attempt(traced_to({.endpoint = endpoint})).session) << endpoint;
  }
}

TEST(Session, TakesTheLongestOfTimeouts) {
  Session session = start(quiet(), {.max_block = std::chrono::milliseconds::max()});
  get_logger("patient").info("x");
  EXPECT_TRUE(session.flush(std::chrono::milliseconds::max()));
  EXPECT_TRUE(session.shutdown(std::chrono::milliseconds::max()));
}

TEST(Start, TellsAllErrorsAtOnce) {
  TelemetryConfig config = traced_to({.endpoint = "no where"});
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.interval = -5ms}}};
  config.logging = LoggingConfig{
      .handlers = {OtlpHandler{.exporter = ConsoleExporter{}, .processors = {BatchLogProcessor{}}}}};
  EXPECT_EQ(attempt(config).session.errors().size(), 3U);
}

TEST(Start, RefusesTooLittleMemory) {
  EXPECT_FALSE(attempt(quiet(), {.memory_limit = 1'000}).session);
  EXPECT_TRUE(attempt(quiet(), {.memory_limit = 1U << 20U}).session);
}

TEST(Start, RefusesASecondSessionAndLeavesTheFirstAlone) {
  Session first = start(quiet());
  ASSERT_TRUE(first);
  {
    Attempt second = attempt(quiet());
    EXPECT_FALSE(second.session);
    EXPECT_EQ(second.session.errors().size(), 1U);
    EXPECT_NE(second.printed.find("active"), std::string::npos);
    EXPECT_TRUE(second.session.flush(1s));
    EXPECT_TRUE(second.session.shutdown(1s));
    EXPECT_EQ(second.session.statistics().logs.total.created, 0U);
  }
  get_logger("first").info("goes on");
  EXPECT_TRUE(first.flush(10s));
  EXPECT_EQ(first.statistics().logs.total.created, 1U);
}

TEST(Start, BeginsAnewAfterAShutdown) {
  const Logger log = get_logger("again");
  for (int round = 0; round < 3; ++round) {
    Session session = start(quiet());
    ASSERT_TRUE(session);
    log.info("counted once");
    EXPECT_TRUE(session.shutdown(10s));
    log.info("too late");
    log.info("too late");
    const Counts counts = session.statistics().logs.total;
    EXPECT_EQ(counts.created, 3U);
    EXPECT_EQ(counts.dropped[static_cast<std::size_t>(DropReason::already_shutdown)], 2U);
    EXPECT_TRUE(counts.closes());
    EXPECT_TRUE(session.shutdown(10s)) << "a second time is harmless";
  }
}

TEST(Start, EndsTheSessionWithItsObject) {
  {
    Session session = start(quiet());
    Session moved = std::move(session);
    EXPECT_FALSE(session);  // NOLINT(*-use-after-move): the test's point
    EXPECT_TRUE(moved);
    EXPECT_FALSE(attempt(quiet()).session);
  }
  EXPECT_TRUE(attempt(quiet()).session);
}

TEST(Start, ReplacesASessionByAssignment) {
  Session session = start(quiet());
  session = Session();
  EXPECT_FALSE(session);
  session = start(quiet());
  EXPECT_TRUE(session);
}

TEST(Session, IsInertByDefault) {
  Session session;
  EXPECT_FALSE(session);
  EXPECT_TRUE(session.flush(0ms));
  EXPECT_TRUE(session.shutdown(0ms));
  EXPECT_TRUE(session.statistics().spans.destinations.empty());
}

TEST(Start, LogsToTheConsoleWithoutAnyConfiguration) {
  ::testing::internal::CaptureStdout();
  {
    const Session session = start();
    get_logger("hello").info("to the console {}", 1);
    get_logger("hello").debug("below the level");
    const auto span = get_tracer("hello").scoped_span("not recorded");
    EXPECT_FALSE(span.is_recording());
  }
  const std::string out = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(out.find("[INFO] [hello] to the console 1\n"), std::string::npos) << out;
  EXPECT_EQ(std::ranges::count(out, '\n'), 1);
}

std::string file_with(const std::string& text) {
  const std::string path = ::testing::TempDir() + "ergon_start_test_" + std::to_string(getpid()) + ".yaml";
  std::ofstream(path) << text;
  return path;
}

TEST(StartFromFile, TakesWhatTheFileSays) {
  const std::string path =
      file_with("service_name: from file\nlogging:\n  level: error\n  handlers: [{console: {level: off}}]\n");
  {
    Session session = start_from_file(path);
    EXPECT_TRUE(session);
    EXPECT_FALSE(get_logger("f").enabled(Level::warning));
    EXPECT_TRUE(get_logger("f").enabled(Level::error));
  }
  std::remove(path.c_str());
}

TEST(StartFromFile, NamesLineAndKeyOfAnError) {
  const std::string path = file_with("logging:\n  level: loud\n");
  ::testing::internal::CaptureStderr();
  const Session session = start_from_file(path);
  const std::string printed = ::testing::internal::GetCapturedStderr();
  EXPECT_FALSE(session);
  ASSERT_EQ(session.errors().size(), 1U);
  for (const std::string part : {":2:", "logging.level", "loud", "warning"}) {
    EXPECT_NE(session.errors()[0].find(part), std::string::npos) << session.errors()[0];
    EXPECT_NE(printed.find(part), std::string::npos);
  }
  std::remove(path.c_str());
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(start_from_file("/no/such/telemetry.yaml"));
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("/no/such/telemetry.yaml"), std::string::npos);
}

}  // namespace
}  // namespace ergon::telemetry
