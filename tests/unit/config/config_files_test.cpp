#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/values.hpp"
#include "source_folder.hpp"
#include "task/task_description.hpp"
#include "unit/config/everything.hpp"

// tests/integration/config: bad/NAME.yaml must give the messages in bad/NAME.expected, good/NAME.yaml none.
// They are read as a program with these connectors, services and log filters would.
namespace ergon::config {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::vector<fs::path> files_in(const char* folder) {
  std::vector<fs::path> files;
  const fs::path path = fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config" / folder;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
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
  const TaskConfig task = task_of_everything();
  EXPECT_EQ(task.workers, 3);
  EXPECT_EQ(task.connectors.at("orders").type(), "jsonl");
  EXPECT_EQ(task.connectors.at("orders").get_if<JsonlOptions>()->path, "orders.jsonl");
  EXPECT_EQ(task.services.at("payments").get_if<PaymentOptions>()->timeout, 250ms);
  EXPECT_EQ(task.resource.attributes.at("service.version"), ResourceValue("1.10"));

  const PropagatorConfig propagator = task.propagator.value_or(PropagatorConfig{.composite = {}});
  ASSERT_EQ(propagator.composite.size(), 4U);
  EXPECT_TRUE(propagator.composite[0].holds<B3Multi>());
  EXPECT_TRUE(propagator.composite[1].holds<W3cTraceContext>());

  const MetricsConfig metrics = task.metrics.value_or(MetricsConfig{.readers = {}});
  const auto& reader = metrics.readers.at(0).get<PeriodicReader>();
  EXPECT_EQ(reader.interval, 10s);
  EXPECT_EQ(metrics.readers.size(), 5U);
  EXPECT_EQ(metrics.views.size(), 3U);

  const TracingConfig tracing = task.tracing.value_or(TracingConfig{.processors = {}});
  const auto& parent_based = tracing.sampler.get<ParentBased>();
  EXPECT_EQ(parent_based.remote_parent_not_sampled->get<TraceIdRatioBased>().ratio, 0.25);
  EXPECT_TRUE(parent_based.remote_parent_sampled->holds<AlwaysOn>());
  EXPECT_TRUE(parent_based.local_parent_sampled->holds<AlwaysOn>());
  EXPECT_TRUE(parent_based.local_parent_not_sampled->holds<AlwaysOff>());
  const auto& by_rule = parent_based.root->get<RuleBased>();
  ASSERT_EQ(by_rule.rules.size(), 2U);
  EXPECT_EQ(by_rule.rules[0].name, "health*");
  EXPECT_TRUE(by_rule.rules[0].sampler->holds<AlwaysOff>());
  EXPECT_EQ(by_rule.rules[1].kinds, (std::vector{SpanKind::consumer, SpanKind::producer}));
  EXPECT_EQ(by_rule.rules[1].attributes.at("tenant"), "acme");
  EXPECT_EQ(by_rule.rules[1].sampler->get<RateLimiting>().traces_per_second, 0.5);
  EXPECT_EQ(by_rule.otherwise->get<Probability>().ratio, 0.01);
  const auto& spans = tracing.processors.at(0).get<BatchSpanProcessor>();
  EXPECT_EQ(spans.max_export_batch_size, 4'096);
  EXPECT_EQ(spans.max_queue_size, 20'000);
  EXPECT_EQ(spans.exporter.get<OtlpGrpcExporter>().timeout, 1'500ms);
  EXPECT_TRUE(tracing.processors.at(1).holds<SimpleSpanProcessor>());
  EXPECT_TRUE(tracing.id_generator.holds<RandomIds>());
  EXPECT_EQ(tracing.remote_parent, RemoteParent::link);
}

TEST(ConfigFiles, ReachEveryMemberOfOtlpExporters) {
  const TracingConfig tracing = task_of_everything().tracing.value_or(TracingConfig{});
  const auto exporter = [&](std::size_t processor) -> const Exporter& {
    return tracing.processors.at(processor).get<BatchSpanProcessor>().exporter;
  };
  const auto& http = exporter(2).get<OtlpHttpExporter>();
  EXPECT_EQ(http.endpoint, "https://vendor/otlp/v1/traces");
  EXPECT_EQ(http.tls.cert_file + http.tls.key_file, "/dev/null/dev/null");
  EXPECT_EQ(http.headers.at(0).name + "=" + http.headers.at(0).value, "api-key=1");
  EXPECT_EQ(http.compression, OtlpCompression::gzip);
  EXPECT_EQ(http.encoding, OtlpEncoding::json);
  EXPECT_EQ(http.timeout, 3s);
  EXPECT_EQ(http.max_request_size, 1 << 20);
  EXPECT_EQ(http.max_response_size, 64 << 10);
  EXPECT_EQ(http.proxy, "http://proxy:3128");
  EXPECT_EQ(http.retry.initial_interval, 100ms);
  EXPECT_EQ(http.retry.max_interval, 30s);
  EXPECT_EQ(http.retry.multiplier, 2);
  EXPECT_EQ(http.retry.max_elapsed, 10min);
  const auto& lines = exporter(3).get<OtlpFileExporter>();
  EXPECT_EQ(lines.output_stream, "file:///var/log/{task}.jsonl");
  EXPECT_EQ(lines.max_bytes, 1'000'000);
  EXPECT_EQ(lines.backup_count, 2);
  EXPECT_EQ(lines.permissions, "0600");
}

TEST(ConfigFiles, ReachEveryMemberOfMetrics) {
  const MetricsConfig metrics = task_of_everything().metrics.value_or(MetricsConfig{.readers = {}});
  const auto& reader = metrics.readers.at(1).get<PeriodicReader>();
  EXPECT_EQ(reader.timeout, 500ms);
  EXPECT_EQ(reader.cardinality_limits.otherwise, 100);
  EXPECT_EQ(reader.cardinality_limits.observable_up_down_counter, 5);
  EXPECT_EQ(reader.max_export_batch_size, 1'000);
  const auto& console = reader.exporter.get<ConsoleMetricExporter>();
  EXPECT_EQ(console.temporality_preference, TemporalityPreference::delta);
  EXPECT_EQ(console.default_histogram_aggregation, HistogramAggregation::exponential_buckets);
  const auto& otlp = metrics.readers.at(0).get<PeriodicReader>().exporter.get<OtlpGrpcMetricExporter>();
  EXPECT_EQ(otlp.timeout, 5s);
  EXPECT_EQ(otlp.temporality_preference, TemporalityPreference::low_memory);
  const auto& memory = metrics.readers.at(2).get<PeriodicReader>().exporter.get<InMemoryMetricExporter>();
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
  const auto& buckets = view.stream.aggregation.get<ExplicitBucketHistogram>();
  EXPECT_EQ(buckets.boundaries, (std::vector<double>{0.1, 1, 10}));
  EXPECT_FALSE(buckets.record_min_max);
  EXPECT_EQ(view.stream.aggregation_cardinality_limit, 50);
  const AttributeKeys keys = view.stream.attribute_keys.value_or(AttributeKeys{});
  EXPECT_EQ(keys.included, (std::vector<std::string>{"currency", "order.*"}));
  EXPECT_EQ(keys.excluded, (std::vector<std::string>{"order.id"}));
  EXPECT_TRUE(metrics.views.at(1).stream.aggregation.holds<DropAggregation>());
  const auto& exponential = metrics.views.at(2).stream.aggregation.get<Base2ExponentialBucketHistogram>();
  EXPECT_EQ(exponential.max_size, 80);
  EXPECT_EQ(exponential.max_scale, 10);
  EXPECT_EQ(metrics.exemplar_filter, ExemplarFilter::always_on);
}

TEST(ConfigFiles, ReachEveryMemberOfLogging) {
  const TaskConfig task = task_of_everything();
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
  const auto& console = logging.handlers.at(0).get<ConsoleHandler>();
  EXPECT_EQ(console.level, Level::warning);
  EXPECT_EQ(console.formatter, "json");
  EXPECT_EQ(console.stream, ConsoleStream::err);
  const auto& otlp = logging.handlers.at(1).get<OtlpHandler>();
  EXPECT_TRUE(otlp.exporter.value_or(OtlpGrpcExporter{}).holds<ConsoleExporter>());
  const auto& batch = logging.handlers.at(2).get<OtlpHandler>().processors.at(0).get<BatchLogProcessor>();
  EXPECT_EQ(batch.schedule_delay, 2s);
  EXPECT_EQ(batch.exporter.get<OtlpGrpcExporter>().tls.ca_file, "/dev/null");

  EXPECT_EQ(logging.handlers.at(3).get<FileHandler>().mode, FileMode::truncate);
  EXPECT_EQ(logging.handlers.at(3).get<FileHandler>().permissions, "0600");
  EXPECT_EQ(logging.handlers.at(4).get<JsonHandler>().filters,
            (std::vector<std::string>{"payments", "seldom"}));
  const auto& rotating = logging.handlers.at(5).get<RotatingFileHandler>();
  EXPECT_EQ(rotating.max_bytes, 10'000'000);
  EXPECT_EQ(rotating.max_total_bytes, 64LL << 20U);
  const auto& timed = logging.handlers.at(6).get<TimedRotatingFileHandler>();
  EXPECT_EQ(timed.when, RotateWhen::midnight);
  EXPECT_EQ(timed.max_bytes, 4'096);
  EXPECT_EQ(timed.formatter, "short");
  const auto& custom = logging.handlers.at(7).get<CustomHandler>();
  EXPECT_EQ(custom.level, Level::error);
  EXPECT_EQ(custom.filters, (std::vector<std::string>{"seldom"}));
  EXPECT_EQ(custom.handler.get<Custom>().options.get_if<TenantOptions>()->name, "x");
  EXPECT_EQ(logging.handlers.at(8).get<Custom>().name(), "alerts");
  EXPECT_TRUE(logging.formatters.at("short").get<TextFormatter>().utc);
  EXPECT_EQ(logging.formatters.at("ecs").get<JsonFormatter>().fields.at("time"), "@timestamp");
  EXPECT_EQ(logging.filters.at("payments").get<MatchFilter>().attributes.at("currency"), "E*");
  EXPECT_EQ(logging.filters.at("seldom").get<RateFilter>().records_per_second, 0.5);
  const auto& own = logging.filters.at("acme").get<Custom>();
  EXPECT_EQ(own.name(), "tenant");
  EXPECT_EQ(own.options.get_if<TenantOptions>()->name, "acme");
  EXPECT_EQ(task.delivery.memory_limit, 16 << 20);
  EXPECT_EQ(task.delivery.on_full, OnFull::block);
  EXPECT_EQ(task.delivery.max_block, 20ms);
  EXPECT_EQ(task.delivery.shutdown_timeout, 3s);
  const RedactConfig redact = task.redact.value_or(RedactConfig{});
  EXPECT_EQ(redact.keys, (std::vector<std::string>{"*password*"}));
  EXPECT_EQ(redact.replacement, "***");
}

TEST(ConfigFiles, ReachWhatASpanMayHoldAndWhichTracersAreOn) {
  const TracingConfig tracing = task_of_everything().tracing.value_or(TracingConfig{});
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
