#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <ergon/extend/metric_exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/telemetry.hpp>

#include "unit/connectors/temporary_file.hpp"
#include "unit/support_engine/journal.hpp"

// Exporters of metrics of the program's own, which get values.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using telemetry::DropReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Journal g_journal;
std::mutex g_mutex;
std::vector<MetricData> g_exported;  // guarded by it

std::vector<MetricData> take_exported() {
  const std::lock_guard guard(g_mutex);
  return std::exchange(g_exported, {});
}

class KeepingMetricExporter : public MetricExporter {
 public:
  struct Options {
    bool wants_deltas{false};
    ERGON_OPTIONS(Options, wants_deltas);
  };
  explicit KeepingMetricExporter(Options options) : options_(options) {}
  ~KeepingMetricExporter() override { g_journal.note("destroyed"); }

  bool export_metrics(std::span<const MetricData> metrics) override {
    const std::lock_guard guard(g_mutex);
    g_exported.insert(g_exported.end(), metrics.begin(), metrics.end());
    return true;
  }
  [[nodiscard]] TemporalityPreference temporality_preference() const override {
    return options_.wants_deltas ? TemporalityPreference::delta : TemporalityPreference::cumulative;
  }
  [[nodiscard]] HistogramAggregation default_histogram_aggregation() const override {
    return options_.wants_deltas ? HistogramAggregation::exponential_buckets
                                 : HistogramAggregation::explicit_buckets;
  }
  bool force_flush(Deadline /*deadline*/) override {
    g_journal.note("flush");
    return true;
  }
  void shutdown(Deadline /*deadline*/) override { g_journal.note("shutdown"); }

 private:
  Options options_;
};

class RefusingMetricExporter final : public MetricExporter {
 public:
  bool export_metrics(std::span<const MetricData> /*metrics*/) override { return false; }
};

class UndecidedMetricExporter final : public MetricExporter {
 public:
  bool export_metrics(std::span<const MetricData> /*metrics*/) override { return true; }
  [[nodiscard]] TemporalityPreference temporality_preference() const override {
    throw std::runtime_error("I don't know");
  }
};

class OwnMetricExporter : public ::testing::Test {
 protected:
  void SetUp() override {
    telemetry::register_extension<KeepingMetricExporter>("keeping_metrics");
    telemetry::register_extension<RefusingMetricExporter>("refusing_metrics");
    telemetry::register_extension<UndecidedMetricExporter>("undecided_metrics");
    static_cast<void>(take_exported());
    static_cast<void>(g_journal.take());
  }

  static telemetry::Session start_with(MetricExporterConfig exporter) {
    return telemetry::start(
        {.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = std::move(exporter)}}}});
  }
  static std::vector<std::string> errors_of(TelemetryConfig config) {
    ::testing::internal::CaptureStderr();
    const auto session = telemetry::start(std::move(config));
    ::testing::internal::GetCapturedStderr();
    return session.errors();
  }
  // The one metric of this name.
  static MetricData exported(const std::string& name) {
    std::vector<MetricData> metrics = take_exported();
    std::erase_if(metrics, [&](const MetricData& metric) { return metric.name != name; });
    EXPECT_EQ(metrics.size(), 1U) << name;
    return metrics.empty() ? MetricData{.points = {PointData{}}} : metrics.front();
  }
};

TEST_F(OwnMetricExporter, IsFlushedAndShutDownWithTheSession) {
  auto session = start_with(Custom("keeping_metrics"));
  get_meter("own").counter("own.flushed").add(1);
  EXPECT_TRUE(session.flush(20s));
  EXPECT_THAT(g_journal.take(), ElementsAre("flush"));
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_THAT(g_journal.take(), ElementsAre("flush", "shutdown", "destroyed"));
}

TEST_F(OwnMetricExporter, HasAllOfASum) {
  auto session = start_with(Custom("keeping_metrics"));
  const auto before = std::chrono::system_clock::now() - 1s;  // clocks are read at different places
  const auto meter = get_meter("own.metrics", {.version = "1.2", .schema_url = "http://schema"});
  meter.counter("own.sum", {.unit = "{order}", .description = "How many."}).add(7, {{"currency", "EUR"}});
  EXPECT_TRUE(session.flush(20s));
  const MetricData metric = exported("own.sum");
  EXPECT_EQ(metric.description, "How many.");
  EXPECT_EQ(metric.unit, "{order}");
  EXPECT_EQ(metric.kind, MetricKind::sum);
  EXPECT_EQ(metric.temporality, Temporality::cumulative);
  EXPECT_TRUE(metric.is_monotonic);
  EXPECT_EQ(metric.scope->name, "own.metrics");
  EXPECT_EQ(metric.scope->version, "1.2");
  EXPECT_EQ(metric.scope->schema_url, "http://schema");
  EXPECT_NE(find(*metric.resource, "service.instance.id"), nullptr);
  ASSERT_EQ(metric.points.size(), 1U);
  const PointData& point = metric.points[0];
  ASSERT_EQ(point.attributes.size(), 1U);
  EXPECT_EQ(*point.attributes[0].value.get_if<std::string>(), "EUR");
  EXPECT_EQ(std::get<NumberData>(point.value), NumberData(std::int64_t{7}));
  EXPECT_EQ(point.number(), 7);
  EXPECT_GE(point.start, before);
  EXPECT_GE(point.time, point.start);
}

TEST_F(OwnMetricExporter, HasAllOfAnExplicitHistogramWithExemplars) {
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = InMemoryExporter{}}}};
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = Custom("keeping_metrics")}}};
  auto session = telemetry::start(config);
  SpanContext context;
  {
    const auto span = get_tracer("own").scoped_span("s");
    context = span.context();
    get_meter("own").histogram("own.explicit", {.boundaries = {1, 2}}).record(1.5);
  }
  EXPECT_TRUE(session.flush(20s));
  const MetricData metric = exported("own.explicit");
  EXPECT_EQ(metric.kind, MetricKind::histogram);
  ASSERT_TRUE(std::holds_alternative<HistogramData>(metric.points[0].value));
  const auto& histogram = std::get<HistogramData>(metric.points[0].value);
  EXPECT_EQ(histogram.count, 1U);
  EXPECT_EQ(histogram.sum, 1.5);
  EXPECT_EQ(histogram.minimum, 1.5);
  EXPECT_EQ(histogram.maximum, 1.5);
  EXPECT_EQ(histogram.boundaries, (std::vector<double>{1, 2}));
  EXPECT_EQ(histogram.bucket_counts, (std::vector<std::uint64_t>{0, 1, 0}));
  ASSERT_EQ(metric.points[0].exemplars.size(), 1U);
  EXPECT_EQ(metric.points[0].exemplars[0].value, NumberData(1.5));
  EXPECT_EQ(metric.points[0].exemplars[0].context.trace_id, context.trace_id);
  EXPECT_EQ(metric.points[0].exemplars[0].context.span_id, context.span_id);
}

TEST_F(OwnMetricExporter, SaysWhichTemporalityAndHistogramsItWants) {
  auto session = start_with(Custom("keeping_metrics", KeepingMetricExporter::Options{.wants_deltas = true}));
  const auto counter = get_meter("own").counter("own.delta");
  counter.add(5);
  get_meter("own").histogram("own.exponential").record(0);
  get_meter("own").histogram("own.exponential").record(4);
  EXPECT_TRUE(session.flush(20s));
  std::vector<MetricData> metrics = take_exported();
  std::erase_if(metrics, [](const MetricData& metric) { return metric.name != "own.exponential"; });
  ASSERT_EQ(metrics.size(), 1U);
  ASSERT_TRUE(std::holds_alternative<ExponentialHistogramData>(metrics[0].points.at(0).value));
  const auto& histogram = std::get<ExponentialHistogramData>(metrics[0].points[0].value);
  EXPECT_EQ(histogram.count, 2U);
  EXPECT_EQ(histogram.zero_count, 1U);
  EXPECT_EQ(histogram.positive.counts, std::vector<std::uint64_t>{1});
  counter.add(2);
  EXPECT_TRUE(session.flush(20s));
  const MetricData delta = exported("own.delta");
  EXPECT_EQ(delta.temporality, Temporality::delta);
  EXPECT_EQ(delta.points[0].number(), 2) << "what is new";
}

TEST_F(OwnMetricExporter, IsNamedInYamlWithItsOptions) {
  const TemporaryFile file(
      "metrics: {readers: [{periodic: {exporter: {keeping_metrics: {wants_deltas: true}}}}]}");
  auto session = telemetry::start_from_file(file.path());
  ASSERT_TRUE(session);
  get_meter("own").counter("own.yaml").add(1);
  EXPECT_TRUE(session.flush(20s));
  EXPECT_EQ(exported("own.yaml").temporality, Temporality::delta);
}

TEST_F(OwnMetricExporter, LosesAndCountsWhatItRefuses) {
  auto session = start_with(Custom("refusing_metrics"));
  get_meter("own").counter("own.refused").add(1);
  EXPECT_TRUE(session.shutdown(20s));
  const auto books = session.statistics().metric_points.total;
  EXPECT_GE(books.dropped[static_cast<std::size_t>(DropReason::non_retryable)], 1U);
  EXPECT_EQ(books.delivered, 0U);
  EXPECT_TRUE(books.closes());
}

TEST_F(OwnMetricExporter, IsForMetricsAlone) {
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = Custom("keeping_metrics")}}};
  config.logging = LoggingConfig{.handlers = {OtlpHandler{.exporter = Custom("keeping_metrics")}}};
  EXPECT_THAT(errors_of(config),
              ElementsAre("tracing.processors[0].batch.exporter.keeping_metrics: it does not take spans",
                          "logging.handlers[0].otlp.exporter.keeping_metrics: it does not take logs"));
  EXPECT_THAT(take_exported(), IsEmpty());
}

TEST_F(OwnMetricExporter, ThatCantSayWhatItWantsKeepsTheSessionFromStarting) {
  TelemetryConfig config;
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = Custom("undecided_metrics")}}};
  EXPECT_THAT(errors_of(config),
              ElementsAre("metrics.readers[0].periodic.exporter.undecided_metrics: it does not say what "
                          "metrics it wants"));
}

}  // namespace
}  // namespace ergon::test
