// otel/sdk-metrics.md and system/process-metrics.md: every metric that the framework tells of itself and of
// its process, by name, unit and attributes.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

namespace ergon::test {
namespace {

using testing::PointKind;
using namespace std::chrono_literals;

struct Convention {
  std::string unit;
  PointKind kind{PointKind::sum};
  std::vector<std::string> keys{};      // each point has them
  std::vector<std::string> may_have{};  // and these at most
};

const std::vector<std::string> kComponent{"otel.component.name", "otel.component.type"};
const std::vector<std::string> kServerAndError{"error.type", "server.address", "server.port"};

const std::map<std::string, Convention>& sdk_metrics() {
  static const auto* const kAll = new std::map<std::string, Convention>{
      {"otel.sdk.span.started",
       {.unit = "{span}", .keys = {"otel.span.parent.origin", "otel.span.sampling_result"}}},
      {"otel.sdk.span.live", {.unit = "{span}"}},
      {"otel.sdk.log.created", {.unit = "{log_record}"}},
      {"otel.sdk.processor.span.queue.size", {.unit = "{span}", .keys = kComponent}},
      {"otel.sdk.processor.span.queue.capacity", {.unit = "{span}", .keys = kComponent}},
      {"otel.sdk.processor.span.processed",
       {.unit = "{span}", .keys = kComponent, .may_have = {"error.type"}}},
      {"otel.sdk.processor.log.queue.size", {.unit = "{log_record}", .keys = kComponent}},
      {"otel.sdk.processor.log.queue.capacity", {.unit = "{log_record}", .keys = kComponent}},
      {"otel.sdk.processor.log.processed",
       {.unit = "{log_record}", .keys = kComponent, .may_have = {"error.type"}}},
      {"otel.sdk.exporter.span.inflight",
       {.unit = "{span}", .keys = kComponent, .may_have = kServerAndError}},
      {"otel.sdk.exporter.span.exported",
       {.unit = "{span}", .keys = kComponent, .may_have = kServerAndError}},
      {"otel.sdk.exporter.log.inflight",
       {.unit = "{log_record}", .keys = kComponent, .may_have = kServerAndError}},
      {"otel.sdk.exporter.log.exported",
       {.unit = "{log_record}", .keys = kComponent, .may_have = kServerAndError}},
      {"otel.sdk.exporter.metric_data_point.inflight",
       {.unit = "{data_point}", .keys = kComponent, .may_have = kServerAndError}},
      {"otel.sdk.exporter.metric_data_point.exported",
       {.unit = "{data_point}", .keys = kComponent, .may_have = kServerAndError}},
      {"otel.sdk.exporter.operation.duration",
       {.unit = "s", .kind = PointKind::histogram, .keys = kComponent, .may_have = kServerAndError}},
      {"otel.sdk.metric_reader.collection.duration",
       {.unit = "s", .kind = PointKind::histogram, .keys = kComponent, .may_have = {"error.type"}}},
  };
  return *kAll;
}

const std::map<std::string, Convention>& process_metrics() {
  static const auto* const kAll = new std::map<std::string, Convention>{
      {"process.cpu.time", {.unit = "s", .keys = {"cpu.mode"}}},
      {"process.memory.usage", {.unit = "By"}},
      {"process.memory.virtual", {.unit = "By"}},
      {"process.thread.count", {.unit = "{thread}"}},
      {"process.unix.file_descriptor.count", {.unit = "{file_descriptor}"}},
      {"process.context_switches", {.unit = "{context_switch}", .keys = {"process.context_switch.type"}}},
      {"process.paging.faults", {.unit = "{fault}", .keys = {"system.paging.fault.type"}}},
      {"process.uptime", {.unit = "s", .kind = PointKind::gauge}},
  };
  return *kAll;
}

void check(const testing::RecordedPoint& point, const Convention& convention) {
  EXPECT_EQ(point.unit, convention.unit) << point.name;
  EXPECT_EQ(point.kind, convention.kind) << point.name;
  for (const std::string& key : convention.keys)
    EXPECT_NE(testing::find(point.attributes, key), "") << point.name << " lacks " << key;
  for (const auto& [key, value] : point.attributes) {
    const bool is_known = std::ranges::find(convention.keys, key) != convention.keys.end() ||
                          std::ranges::find(convention.may_have, key) != convention.may_have.end();
    EXPECT_TRUE(is_known) << point.name << " has " << key << "=" << value;
  }
}

class OwnMetrics : public ::testing::Test {
 protected:
  // Of all signals, from two collections.
  void SetUp() override {
    const testing::InMemoryStore store("own metrics");
    TelemetryConfig config;
    config.tracing = TracingConfig{
        .processors = {BatchSpanProcessor{.max_queue_size = 2'048, .exporter = store.exporter()}}};
    config.logging =
        LoggingConfig{.handlers = {OtlpHandler{.processors = {BatchLogProcessor{
                                                   .max_queue_size = 2'048, .exporter = store.exporter()}}}}};
    config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = store.metric_exporter()}}};
    auto session = telemetry::start(config);
    const CallbackRegistration observed = telemetry::observe_process();
    {
      const auto span = get_tracer("own").scoped_span("s");
    }
    get_logger("own").info("l");
    ASSERT_TRUE(session.flush(20s) && session.flush(20s));
    points_ = store.points();
  }

  void expect_all(const std::map<std::string, Convention>& conventions, std::string_view prefix) const {
    std::set<std::string> seen;
    for (const testing::RecordedPoint& point : points_) {
      if (!point.name.starts_with(prefix)) continue;
      seen.insert(point.name);
      const auto found = conventions.find(point.name);
      ASSERT_NE(found, conventions.end()) << point.name;
      check(point, found->second);
    }
    for (const auto& [name, convention] : conventions) EXPECT_TRUE(seen.contains(name)) << name;
  }

  std::vector<testing::RecordedPoint> points_;
};

TEST_F(OwnMetrics, OfTheSdkAreTheConventions) { expect_all(sdk_metrics(), "otel.sdk."); }

TEST_F(OwnMetrics, OfTheProcessAreTheConventions) { expect_all(process_metrics(), "process."); }

}  // namespace
}  // namespace ergon::test
