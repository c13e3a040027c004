#include "config/metrics_environment.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>

#include <ergon/config/telemetry_description.hpp>

#include "config/read.hpp"
#include "config/values.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"

// specification: configuration/sdk-environment-variables.md
namespace ergon::config {
namespace {

// As without a text.
void apply_metrics(MetricsConfig& config) {
  Origins none;
  apply_metrics_environment(config, none, "metrics");
}

using namespace std::chrono_literals;
using ergon::test::TemporaryFile;
using ergon::test::Variable;

MetricsConfig metrics_with(const std::string& variable, const std::string& value, MetricsConfig config = {}) {
  const Variable one(variable, value);
  apply_metrics(config);
  return config;
}

const PeriodicReader& reader_of(const MetricsConfig& config, std::size_t index = 0) {
  return config.readers.at(index).get<PeriodicReader>();
}

// What the OTLP exporter of a reader is told.
const OtlpGrpcMetricExporter& otlp_of(const MetricsConfig& config, std::size_t index = 0) {
  return reader_of(config, index).exporter.get<OtlpGrpcMetricExporter>();
}

OtlpGrpcMetricExporter otlp_with(const std::string& variable, const std::string& value) {
  return otlp_of(metrics_with(variable, value));
}

PeriodicReader reader_with(const std::string& variable, const std::string& value) {
  return reader_of(metrics_with(variable, value));
}

TEST(MetricsEnvironment, HasTheTimesOfReaders) {
  EXPECT_EQ(reader_with("OTEL_METRIC_EXPORT_INTERVAL", "1500").interval, 1'500ms);
  EXPECT_EQ(reader_with("OTEL_METRIC_EXPORT_TIMEOUT", "700").timeout, 700ms);
  EXPECT_EQ(reader_with("OTEL_METRIC_EXPORT_TIMEOUT", "0").timeout, 24h) << "no limit";
  for (const char* value : {"", "often", "-1", "1.5", "10s", "12 ", "0"})
    EXPECT_EQ(reader_with("OTEL_METRIC_EXPORT_INTERVAL", value).interval, 60s) << value;
  for (const char* value : {"", "long", "-1"})
    EXPECT_EQ(reader_with("OTEL_METRIC_EXPORT_TIMEOUT", value).timeout, 30s) << value;
}

TEST(MetricsEnvironment, HasNoTimesThatAFileCouldNotHave) {
  const Variable interval("OTEL_METRIC_EXPORT_INTERVAL", "9223372036854775807");
  const Variable timeout("OTEL_METRIC_EXPORT_TIMEOUT", "0");
  MetricsConfig config;
  apply_metrics(config);
  EXPECT_EQ(reader_of(config).interval, 24h);
  EXPECT_TRUE(validate(config).empty());
}

TEST(MetricsEnvironment, NamesTemporalityHistogramsAndExemplarFilterInAnyCase) {
  constexpr const char* kTemporality = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  EXPECT_EQ(otlp_with(kTemporality, "Delta").temporality_preference, TemporalityPreference::delta);
  EXPECT_EQ(otlp_with(kTemporality, "LowMemory").temporality_preference, TemporalityPreference::low_memory);
  EXPECT_EQ(otlp_with(kTemporality, "CUMULATIVE").temporality_preference, TemporalityPreference::cumulative);
  EXPECT_EQ(otlp_with(kTemporality, "deltas").temporality_preference, TemporalityPreference::cumulative);
  constexpr const char* kHistograms = "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION";
  EXPECT_EQ(otlp_with(kHistograms, "BASE2_exponential_bucket_histogram").default_histogram_aggregation,
            HistogramAggregation::exponential_buckets);
  EXPECT_EQ(otlp_with(kHistograms, "exponential").default_histogram_aggregation,
            HistogramAggregation::explicit_buckets);
  constexpr const char* kFilter = "OTEL_METRICS_EXEMPLAR_FILTER";
  EXPECT_EQ(metrics_with(kFilter, "Always_On").exemplar_filter, ExemplarFilter::always_on);
  EXPECT_EQ(metrics_with(kFilter, "always_off").exemplar_filter, ExemplarFilter::always_off);
  EXPECT_EQ(metrics_with(kFilter, "").exemplar_filter, ExemplarFilter::trace_based);
  EXPECT_EQ(metrics_with(kFilter, "sometimes").exemplar_filter, ExemplarFilter::trace_based);
}

TEST(MetricsEnvironment, HasPreferencesForOtlpAlone) {
  const MetricsConfig two{.readers = {PeriodicReader{.exporter = ConsoleMetricExporter{}}, PeriodicReader{}}};
  const MetricsConfig config =
      metrics_with("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta", two);
  EXPECT_EQ(reader_of(config, 0).exporter.get<ConsoleMetricExporter>().temporality_preference,
            TemporalityPreference::cumulative);
  EXPECT_EQ(otlp_of(config, 1).temporality_preference, TemporalityPreference::delta);
}

TEST(MetricsEnvironment, WinsOverCodeAndLosesToTheFile) {
  const Variable interval("OTEL_METRIC_EXPORT_INTERVAL", "1000");
  const Variable timeout("OTEL_METRIC_EXPORT_TIMEOUT", "2000");
  const Variable filter("OTEL_METRICS_EXEMPLAR_FILTER", "always_off");
  const MetricsConfig as_read{.readers = {PeriodicReader{.interval = 5s, .timeout = 6s}},
                              .exemplar_filter = ExemplarFilter::always_on};
  MetricsConfig config = as_read;
  apply_metrics(config);
  EXPECT_EQ(reader_of(config).interval, 1s);
  EXPECT_EQ(reader_of(config).timeout, 2s);
  EXPECT_EQ(config.exemplar_filter, ExemplarFilter::always_off);

  const Variable temporality("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta");
  const Variable histograms("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                            "base2_exponential_bucket_histogram");
  const TemporaryFile file(
      "metrics: {exemplar_filter: always_on, readers: [{periodic: {interval: 5s, exporter: "
      "{otlp_grpc: {temporality_preference: cumulative}}}}]}");
  ConfigErrors errors;
  Origins origins;
  load_layers(file.path(), origins, errors);
  ASSERT_TRUE(errors.empty());
  config = as_read;
  apply_metrics_environment(config, origins, "metrics");
  EXPECT_EQ(reader_of(config).interval, 5s);
  EXPECT_EQ(reader_of(config).timeout, 2s) << "the file says nothing of it";
  EXPECT_EQ(config.exemplar_filter, ExemplarFilter::always_on);
  EXPECT_EQ(otlp_of(config).temporality_preference, TemporalityPreference::cumulative);
  EXPECT_EQ(otlp_of(config).default_histogram_aggregation, HistogramAggregation::exponential_buckets);
}

}  // namespace
}  // namespace ergon::config
