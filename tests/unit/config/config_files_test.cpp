#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "config/read.hpp"
#include "config/values.hpp"
#include "source_folder.hpp"
#include "task/task_description.hpp"

// tests/integration/config: bad/NAME.yaml must give the messages in bad/NAME.expected, good/NAME.yaml none.
// They are read as a program with these connectors, services and log filters would.
namespace ergon::config {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct JsonlOptions {
  std::string path{};
  std::optional<std::string> dead_letters{};
  ERGON_OPTIONS(JsonlOptions, path, dead_letters);
};

struct PaymentOptions {
  std::chrono::milliseconds timeout{500};
  std::vector<std::string> currencies{"EUR", "USD", "GBP"};
  bool is_strict{true};
  ERGON_OPTIONS(PaymentOptions, timeout, currencies, is_strict);
};

struct TenantOptions {
  std::string name{};
  ERGON_OPTIONS(TenantOptions, name);
};

ReadContext program() {
  return {{{"connectors", {{"jsonl", JsonlOptions{}}, {"memory", {}}}},
           {"services", {{"payments", PaymentOptions{}}}},
           {"log handlers", {{"alerts", TenantOptions{}}}},
           {"log filters", {{"tenant", TenantOptions{}}}}}};
}

std::vector<fs::path> files_in(const char* folder) {
  std::vector<fs::path> files;
  const fs::path path = fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config" / folder;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string messages_for(const fs::path& path, TaskFile& tasks) {
  std::string messages;
  for (const ConfigError& error : read_yaml(text_of(path), path.filename(), tasks, program())) {
    messages += error.message() + '\n';
  }
  return messages;
}

TEST(ConfigFiles, GiveTheExpectedMessages) {
  const auto files = files_in("bad");
  EXPECT_GE(files.size(), 25U);
  for (const fs::path& file : files) {
    TaskFile tasks;
    EXPECT_EQ(messages_for(file, tasks), text_of(fs::path(file).replace_extension(".expected")))
        << file.filename();
  }
}

TEST(ConfigFiles, ReadWithoutErrors) {
  const auto files = files_in("good");
  EXPECT_GE(files.size(), 3U);
  for (const fs::path& file : files) {
    TaskFile tasks;
    EXPECT_EQ(messages_for(file, tasks), "") << file.filename();
    EXPECT_TRUE(validate(tasks).empty()) << file.filename();
  }
}

TEST(ConfigFiles, ReachEveryMemberOfATask) {
  TaskFile file;
  const fs::path path =
      fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config" / "good" / "everything.yaml";
  ASSERT_EQ(messages_for(path, file), "");
  const TaskConfig& task = file.tasks.at("OrderProcessor");
  EXPECT_EQ(task.workers, 1);
  EXPECT_EQ(task.connectors.at("orders").type(), "jsonl");
  EXPECT_EQ(task.connectors.at("orders").get_if<JsonlOptions>()->path, "orders.jsonl");
  EXPECT_EQ(task.services.at("payments").get_if<PaymentOptions>()->timeout, 250ms);
  EXPECT_EQ(task.policies.consumer.loop.concurrency, 4);
  EXPECT_EQ(task.policies.consumer.fetch.batch.size, 50);
  EXPECT_EQ(task.resource.at("service.version"), ResourceValue("1.10"));

  const PropagatorConfig propagator = task.propagator.value_or(PropagatorConfig{.composite = {}});
  ASSERT_EQ(propagator.composite.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<B3Multi>(propagator.composite[0]));
  EXPECT_TRUE(std::holds_alternative<W3cTraceContext>(propagator.composite[1]));

  const MetricsConfig metrics = task.metrics.value_or(MetricsConfig{.readers = {}});
  const auto& reader = std::get<PeriodicReader>(metrics.readers.at(0));
  EXPECT_EQ(reader.interval, 10s);
  EXPECT_EQ(metrics.readers.size(), 3U);
  EXPECT_EQ(metrics.views.size(), 3U);

  const TracingConfig tracing = task.tracing.value_or(TracingConfig{.processors = {}});
  const auto& parent_based = std::get<ParentBased>(tracing.sampler);
  EXPECT_EQ(std::get<TraceIdRatioBased>(*parent_based.remote_parent_not_sampled).ratio, 0.25);
  EXPECT_TRUE(std::holds_alternative<AlwaysOn>(*parent_based.remote_parent_sampled));
  EXPECT_TRUE(std::holds_alternative<AlwaysOn>(*parent_based.local_parent_sampled));
  EXPECT_TRUE(std::holds_alternative<AlwaysOff>(*parent_based.local_parent_not_sampled));
  const auto& by_rule = std::get<RuleBased>(*parent_based.root);
  ASSERT_EQ(by_rule.rules.size(), 2U);
  EXPECT_EQ(by_rule.rules[0].name, "health*");
  EXPECT_TRUE(std::holds_alternative<AlwaysOff>(*by_rule.rules[0].sampler));
  EXPECT_EQ(by_rule.rules[1].kinds, (std::vector{SpanKind::consumer, SpanKind::producer}));
  EXPECT_EQ(by_rule.rules[1].attributes.at("tenant"), "acme");
  EXPECT_EQ(std::get<RateLimiting>(*by_rule.rules[1].sampler).traces_per_second, 0.5);
  EXPECT_EQ(std::get<Probability>(*by_rule.otherwise).ratio, 0.01);
  const auto& spans = std::get<BatchSpanProcessor>(tracing.processors.at(0));
  EXPECT_EQ(spans.max_export_batch_size, 4'096);
  EXPECT_EQ(spans.max_queue_size, 20'000);
  EXPECT_EQ(std::get<OtlpGrpcExporter>(spans.exporter).timeout, 1'500ms);
  EXPECT_TRUE(std::holds_alternative<SimpleSpanProcessor>(tracing.processors.at(1)));
  EXPECT_TRUE(std::holds_alternative<RandomIds>(tracing.id_generator));
  EXPECT_EQ(tracing.remote_parent, RemoteParent::link);
}

TEST(ConfigFiles, ReachEveryMemberOfMetrics) {
  TaskFile file;
  const fs::path path =
      fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config" / "good" / "everything.yaml";
  ASSERT_EQ(messages_for(path, file), "");
  const MetricsConfig metrics =
      file.tasks.at("OrderProcessor").metrics.value_or(MetricsConfig{.readers = {}});
  const auto& reader = std::get<PeriodicReader>(metrics.readers.at(1));
  EXPECT_EQ(reader.timeout, 500ms);
  EXPECT_EQ(reader.cardinality_limits.otherwise, 100);
  EXPECT_EQ(reader.cardinality_limits.observable_up_down_counter, 5);
  EXPECT_EQ(reader.max_export_batch_size, 1'000);
  const auto& console = std::get<ConsoleMetricExporter>(reader.exporter);
  EXPECT_EQ(console.temporality_preference, TemporalityPreference::delta);
  EXPECT_EQ(console.default_histogram_aggregation, HistogramAggregation::exponential_buckets);
  const auto& otlp =
      std::get<OtlpGrpcMetricExporter>(std::get<PeriodicReader>(metrics.readers.at(0)).exporter);
  EXPECT_EQ(otlp.timeout, 5s);
  EXPECT_EQ(otlp.temporality_preference, TemporalityPreference::low_memory);
  const auto& memory =
      std::get<InMemoryMetricExporter>(std::get<PeriodicReader>(metrics.readers.at(2)).exporter);
  EXPECT_EQ(memory.store, "metrics");
  const View& view = metrics.views.at(0);
  EXPECT_EQ(view.selector.instrument_name, "*.duration");
  EXPECT_EQ(view.selector.instrument_type, InstrumentType::histogram);
  EXPECT_EQ(view.selector.unit, "s");
  EXPECT_EQ(view.selector.meter_name, "orders");
  EXPECT_EQ(view.selector.meter_version, "1");
  EXPECT_EQ(view.selector.meter_schema_url, "http://schema");
  EXPECT_EQ(view.stream.name, "took");
  EXPECT_EQ(view.stream.description, "How long it took.");
  const auto& buckets = std::get<ExplicitBucketHistogram>(view.stream.aggregation);
  EXPECT_EQ(buckets.boundaries, (std::vector<double>{0.1, 1, 10}));
  EXPECT_FALSE(buckets.record_min_max);
  EXPECT_EQ(view.stream.aggregation_cardinality_limit, 50);
  const AttributeKeys keys = view.stream.attribute_keys.value_or(AttributeKeys{});
  EXPECT_EQ(keys.included, (std::vector<std::string>{"currency", "order.*"}));
  EXPECT_EQ(keys.excluded, (std::vector<std::string>{"order.id"}));
  EXPECT_TRUE(std::holds_alternative<DropAggregation>(metrics.views.at(1).stream.aggregation));
  const auto& exponential = std::get<Base2ExponentialBucketHistogram>(metrics.views.at(2).stream.aggregation);
  EXPECT_EQ(exponential.max_size, 80);
  EXPECT_EQ(exponential.max_scale, 10);
  EXPECT_EQ(metrics.exemplar_filter, ExemplarFilter::always_on);
}

TEST(ConfigFiles, ReachEveryMemberOfLogging) {
  TaskFile file;
  const fs::path path =
      fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config" / "good" / "everything.yaml";
  ASSERT_EQ(messages_for(path, file), "");
  const TaskConfig& task = file.tasks.at("OrderProcessor");
  const LoggingConfig logging = task.logging.value_or(LoggingConfig{.handlers = {}});
  EXPECT_EQ(logging.level, Level::debug);
  EXPECT_EQ(logging.levels,
            (std::map<std::string, Level>{{"orders", Level::warning}, {"orders.payments", Level::trace}}));
  EXPECT_TRUE(logging.source);
  EXPECT_EQ(logging.flush_on, Level::warning);
  const ReplayOnError on_error = logging.on_error.value_or(ReplayOnError{});
  EXPECT_EQ(on_error.replay, Level::trace);
  EXPECT_EQ(on_error.keep, 50);
  EXPECT_EQ(logging.limits.attribute_value_length_limit, 500);
  EXPECT_EQ(logging.limits.attribute_value_depth_limit, 3);
  EXPECT_EQ(logging.limits.attribute_count_limit, 32);
  const auto& console = std::get<ConsoleHandler>(logging.handlers.at(0));
  EXPECT_EQ(console.level, Level::warning);
  EXPECT_EQ(console.formatter, "json");
  EXPECT_EQ(console.stream, ConsoleStream::err);
  const auto& otlp = std::get<OtlpHandler>(logging.handlers.at(1));
  EXPECT_TRUE(std::holds_alternative<ConsoleExporter>(otlp.exporter.value_or(OtlpGrpcExporter{})));
  const auto& batch =
      std::get<BatchLogProcessor>(std::get<OtlpHandler>(logging.handlers.at(2)).processors.at(0));
  EXPECT_EQ(batch.schedule_delay, 2s);
  EXPECT_EQ(std::get<OtlpGrpcExporter>(batch.exporter).tls.ca_file, "/dev/null");

  EXPECT_EQ(std::get<FileHandler>(logging.handlers.at(3)).mode, FileMode::truncate);
  EXPECT_EQ(std::get<FileHandler>(logging.handlers.at(3)).permissions, "0600");
  EXPECT_EQ(std::get<JsonHandler>(logging.handlers.at(4)).filters,
            (std::vector<std::string>{"payments", "seldom"}));
  const auto& rotating = std::get<RotatingFileHandler>(logging.handlers.at(5));
  EXPECT_EQ(rotating.max_bytes, 10'000'000);
  EXPECT_EQ(rotating.max_total_bytes, 64LL << 20U);
  const auto& timed = std::get<TimedRotatingFileHandler>(logging.handlers.at(6));
  EXPECT_EQ(timed.when, RotateWhen::midnight);
  EXPECT_EQ(timed.max_bytes, 4'096);
  EXPECT_EQ(timed.formatter, "short");
  const auto& custom = std::get<CustomHandler>(logging.handlers.at(7));
  EXPECT_EQ(custom.level, Level::error);
  EXPECT_EQ(custom.filters, (std::vector<std::string>{"seldom"}));
  EXPECT_EQ(std::get<Custom>(custom.handler).options.get_if<TenantOptions>()->name, "x");
  EXPECT_EQ(std::get<Custom>(logging.handlers.at(8)).name(), "alerts");
  EXPECT_TRUE(std::get<TextFormatter>(logging.formatters.at("short")).utc);
  EXPECT_EQ(std::get<JsonFormatter>(logging.formatters.at("ecs")).fields.at("time"), "@timestamp");
  EXPECT_EQ(std::get<MatchFilter>(logging.filters.at("payments")).attributes.at("currency"), "E*");
  EXPECT_EQ(std::get<RateFilter>(logging.filters.at("seldom")).records_per_second, 0.5);
  const auto& own = std::get<Custom>(logging.filters.at("acme"));
  EXPECT_EQ(own.name(), "tenant");
  EXPECT_EQ(own.options.get_if<TenantOptions>()->name, "acme");
  const RedactConfig redact = task.redact.value_or(RedactConfig{});
  EXPECT_EQ(redact.keys, (std::vector<std::string>{"*password*"}));
  EXPECT_EQ(redact.replacement, "***");
}

TEST(ConfigFiles, ReachWhatASpanMayHoldAndWhichTracersAreOn) {
  TaskFile file;
  const fs::path path =
      fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config" / "good" / "everything.yaml";
  ASSERT_EQ(messages_for(path, file), "");
  const TracingConfig tracing = file.tasks.at("OrderProcessor").tracing.value_or(TracingConfig{});
  EXPECT_EQ(tracing.limits.attribute_value_length_limit, 1'000);
  EXPECT_EQ(tracing.limits.attribute_value_depth_limit, 5);
  EXPECT_EQ(tracing.limits.attribute_count_limit, 64);
  EXPECT_EQ(tracing.limits.event_count_limit, 0);
  EXPECT_EQ(tracing.limits.link_count_limit, 65'535);
  EXPECT_EQ(tracing.limits.event_attribute_count_limit, 16);
  EXPECT_EQ(tracing.limits.link_attribute_count_limit, 8);
  const TracerConfigurator& tracers = tracing.tracer_configurator;
  EXPECT_TRUE(tracers.default_config.enabled);
  ASSERT_EQ(tracers.tracers.size(), 2U);
  EXPECT_EQ(tracers.tracers[0].name, "db.*");
  EXPECT_FALSE(tracers.tracers[0].config.enabled);
  EXPECT_TRUE(tracers.tracers[1].config.enabled);
}

TEST(ConfigFiles, LeaveSignalsOffWithoutTheirSection) {
  TaskFile file;
  ASSERT_TRUE(read_yaml("tasks: {A: , B: {tracing: }}", "f", file).empty());
  EXPECT_FALSE(file.tasks.at("A").tracing);
  EXPECT_EQ(file.tasks.at("B").tracing.value_or(TracingConfig{.processors = {}}).processors.size(), 1U);
}

}  // namespace
}  // namespace ergon::config
