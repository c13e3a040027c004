#include "config/values.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/telemetry_description.hpp>

#include "config/scalar_value.hpp"
#include "task/task_description.hpp"

namespace ergon::config {
namespace {

using namespace std::chrono_literals;

struct Feed {
  std::string path{"orders.jsonl"};
  ERGON_OPTIONS(Feed, path);
};

template <class T>
std::vector<std::string> shown(const T& object) {
  std::vector<std::string> lines;
  visit_values(type_of<T>(), &object, [&](const ValueView& view) {
    if (is_scalar(view.type)) lines.push_back(view.path + " = " + value_text(view.type, view.value));
  });
  return lines;
}

template <class T>
std::vector<std::string> complaints(const T& object) {
  std::vector<std::string> messages;
  for (const ConfigError& error : validate(object)) messages.push_back(error.message());
  return messages;
}

using Lines = std::vector<std::string>;

TEST(Values, AreShownWithTheirPaths) {
  const TracingConfig tracing{
      .sampler = ParentBased{.root = TraceIdRatioBased{0.25}},
      .processors = {SimpleSpanProcessor{.exporter = ConsoleExporter{}}, BatchSpanProcessor{}},
      .resource = {.attributes = {{"a.b", "x"}, {"c", 3}, {"d", std::vector<std::string>{"y", "z"}}}}};
  EXPECT_EQ(shown(tracing), (Lines{"sampler.parent_based.root.trace_id_ratio_based.ratio = 0.25",
                                   "processors[1].batch.schedule_delay = 5s",
                                   "processors[1].batch.max_export_batch_size = 512",
                                   "processors[1].batch.exporter.otlp_grpc.endpoint = http://localhost:4317",
                                   "processors[1].batch.exporter.otlp_grpc.tls.ca_file = ",
                                   "processors[1].batch.exporter.otlp_grpc.tls.cert_file = ",
                                   "processors[1].batch.exporter.otlp_grpc.tls.key_file = ",
                                   "processors[1].batch.exporter.otlp_grpc.tls.insecure = false",
                                   "processors[1].batch.exporter.otlp_grpc.headers_list = ",
                                   "processors[1].batch.exporter.otlp_grpc.compression = none",
                                   "processors[1].batch.exporter.otlp_grpc.timeout = 10s",
                                   "processors[1].batch.exporter.otlp_grpc.max_request_size = 4194304",
                                   "processors[1].batch.exporter.otlp_grpc.max_response_size = 4194304",
                                   "processors[1].batch.exporter.otlp_grpc.proxy = ",
                                   "processors[1].batch.exporter.otlp_grpc.retry.initial_interval = 1s",
                                   "processors[1].batch.exporter.otlp_grpc.retry.max_interval = 5s",
                                   "processors[1].batch.exporter.otlp_grpc.retry.multiplier = 1.5",
                                   "processors[1].batch.exporter.otlp_grpc.retry.max_elapsed = 5m",
                                   "limits.attribute_value_depth_limit = 30",
                                   "limits.attribute_count_limit = 128",
                                   "limits.event_count_limit = 128",
                                   "limits.link_count_limit = 128",
                                   "limits.event_attribute_count_limit = 128",
                                   "limits.link_attribute_count_limit = 128",
                                   "[\"tracer_configurator/development\"].default_config.enabled = true",
                                   "remote_parent = parent",
                                   "resource[\"a.b\"] = x",
                                   "resource.c = 3",
                                   "resource.d = [y, z]",
                                   "resource.attributes_list = ",
                                   "resource.schema_url = "}));
}

TEST(Values, LeaveOutSectionsThatAreOff) {
  EXPECT_EQ(shown(TelemetryConfig{.service_name = "billing", .logging = LoggingConfig{}}),
            (Lines{"service_name = billing",
                   "resource.attributes_list = ", "resource.schema_url = ", "logging.level = info",
                   "logging.source = false", "logging.limits.attribute_value_depth_limit = 30",
                   "logging.limits.attribute_count_limit = 128", "logging.handlers[0].console.level = trace",
                   "logging.handlers[0].console.formatter = text",
                   "logging.handlers[0].console.stream = stdout", "logging.flush_on = error",
                   "logging.resource.attributes_list = ", "logging.resource.schema_url = "}));
}

TEST(Values, ShowOptionsUnderTheirType) {
  const TaskConfig task{.connectors = {{"in", AnyOptions(Feed{}, "jsonl")}, {"out", Feed{"o"}}},
                        .services = {{"feed", AnyOptions(Feed{}, "feed")}, {"none", {}}}};
  Lines lines = shown(task);
  std::erase_if(lines, [](const std::string& line) {
    return line.starts_with("policies.") || line.starts_with("supervision.");
  });
  EXPECT_EQ(lines, (Lines{"workers = 1", "connectors.in.jsonl.path = orders.jsonl", "connectors.out.path = o",
                          "services.feed.path = orders.jsonl",
                          "resource.attributes_list = ", "resource.schema_url = "}));
}

TEST(Validate, AcceptsAllDefaults) {
  EXPECT_EQ(complaints(TelemetryConfig{
                .logging = LoggingConfig{}, .metrics = MetricsConfig{}, .tracing = TracingConfig{}}),
            Lines{});
  EXPECT_EQ(complaints(LoggingConfig{.handlers = {OtlpHandler{}}}), Lines{});
  EXPECT_EQ(complaints(TaskConfig{}), Lines{});
}

struct Wide {
  std::uint64_t number{18'446'744'073'709'551'615U};
  std::optional<std::string> needed{};

  friend constexpr auto ergon_describe(Tag<Wide>) {
    return object("", field<&Wide::number>("number", "", {.minimum = 1}),
                  field<&Wide::needed>("needed", "", {.required = true}));
  }
};

TEST(Validate, WantsWhatIsRequired) {
  const std::string nothing = "needed: found nothing; allowed: a string that is not empty";
  EXPECT_EQ(complaints(Wide{}), Lines{nothing});
  EXPECT_EQ(complaints(Wide{.needed = ""}), Lines{nothing});
  EXPECT_EQ(complaints(Wide{.needed = "x"}), Lines{});
}

TEST(Values, ShowNumbersBeyondSigned64BitsWhole) {
  EXPECT_EQ(shown(Wide{}), Lines{"number = 18446744073709551615"});
}

TEST(Validate, HoldsObjectsToTheRulesOfFiles) {
  const auto no_level = static_cast<Level>(99);  // NOLINT(*.EnumCastOutOfRange)
  const TaskConfig task{
      .workers = 0,
      .policies = {.consumer = {.loop = {.concurrency = 0}}},
      .logging = LoggingConfig{.level = no_level,
                               .handlers = {OtlpHandler{.exporter = ConsoleExporter{},
                                                        .processors = {SimpleLogProcessor{}}}}},
      .metrics =
          MetricsConfig{.readers = {PeriodicReader{.interval = 0ms, .cardinality_limits = {.gauge = 0}}}},
      .tracing = TracingConfig{.sampler = TraceIdRatioBased{std::numeric_limits<double>::quiet_NaN()},
                               .processors = {}}};
  const std::string duration = ", such as 250ms, 10s, 5m or 1h";
  EXPECT_EQ(
      complaints(task),
      (Lines{
          "workers: found 0; allowed: a whole number from 1 to 1024",
          "policies.consumer.loop.concurrency: found 0; allowed: a whole number from 1 to 1024",
          "logging.level: found 99; allowed: one of trace, debug, info, warning, error, critical, off",
          "logging.handlers[0].otlp.exporter: found together with processors; allowed: only one of the two",
          "metrics.readers[0].periodic.interval: found 0ms; allowed: a duration from 1ms to 24h" + duration,
          "metrics.readers[0].periodic.cardinality_limits.gauge: found 0; allowed: a whole number from 1 to "
          "1000000",
          "tracing.sampler.trace_id_ratio_based.ratio: found nan; allowed: a number from 0 to 1",
          "tracing.processors: found 0 entries; allowed: a list of 1 or more entries"}));
}

}  // namespace
}  // namespace ergon::config
