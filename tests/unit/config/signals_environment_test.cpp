#include "config/signals_environment.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <ergon/config/telemetry_description.hpp>

#include "config/read.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"

namespace ergon::config {
namespace {

using namespace std::chrono_literals;
using test::Variable;

// A configuration with what the environment says of it.
struct Filled {
  explicit Filled(TelemetryConfig in_code = {}) : config(std::move(in_code)) {
    const Signals signals{config.logging, config.metrics, config.tracing};
    apply_environment(signals, origins);
    if (is_disabled_by_environment()) turn_off(signals);
  }

  [[nodiscard]] const Exporter& spans_to(std::size_t processor = 0) const {
    return config.tracing->processors.at(processor).get<BatchSpanProcessor>().exporter;
  }

  TelemetryConfig config;
  Origins origins;
};

TEST(SignalsEnvironment, TurnsSignalsOnAndChoosesWhereTheyGo) {
  const Variable traces("OTEL_TRACES_EXPORTER", "otlp, console");
  const Variable metrics("OTEL_METRICS_EXPORTER", "console");
  const Variable logs("OTEL_LOGS_EXPORTER", "otlp");
  const Filled filled;
  ASSERT_TRUE(filled.config.tracing && filled.config.metrics && filled.config.logging);
  ASSERT_EQ(filled.config.tracing->processors.size(), 2U);
  EXPECT_TRUE(filled.spans_to().holds<OtlpHttpExporter>()) << "the specification's default";
  EXPECT_TRUE(filled.spans_to(1).holds<ConsoleExporter>());
  EXPECT_TRUE(
      filled.config.metrics->readers.at(0).get<PeriodicReader>().exporter.holds<ConsoleMetricExporter>());
  ASSERT_EQ(filled.config.logging->handlers.size(), 1U);
  EXPECT_TRUE(filled.config.logging->handlers.at(0).get<OtlpHandler>().exporter->holds<OtlpHttpExporter>());
  ASSERT_NE(filled.origins.variable_of("tracing.processors[0].batch"), nullptr);
  EXPECT_EQ(*filled.origins.variable_of("tracing.processors[0].batch"), "OTEL_TRACES_EXPORTER");
}

TEST(SignalsEnvironment, LeavesTheConsoleOnWhereItTurnsAnotherSignalOn) {
  const Variable traces("OTEL_TRACES_EXPORTER", "otlp");
  EXPECT_TRUE(Filled().config.logging.has_value());
  EXPECT_FALSE(Filled({.metrics = MetricsConfig{}}).config.logging) << "where logs are off by choice";
}

TEST(SignalsEnvironment, TurnsSignalsOff) {
  const Variable traces("OTEL_TRACES_EXPORTER", "None");
  const Variable metrics("OTEL_METRICS_EXPORTER", "none");
  const Variable logs("OTEL_LOGS_EXPORTER", "none");
  const Filled filled({.logging = LoggingConfig{}, .metrics = MetricsConfig{}, .tracing = TracingConfig{}});
  EXPECT_FALSE(filled.config.tracing);
  EXPECT_FALSE(filled.config.metrics);
  EXPECT_EQ(filled.config.logging.value_or(LoggingConfig{}).level, Level::off);
}

TEST(SignalsEnvironment, ChoosesTheProtocolOfDefaults) {
  const Variable all("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
  const Variable own("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc");
  const Filled filled({.metrics = MetricsConfig{}, .tracing = TracingConfig{}});
  ASSERT_TRUE(filled.spans_to().holds<OtlpHttpExporter>());
  EXPECT_EQ(filled.spans_to().get<OtlpHttpExporter>().encoding, OtlpEncoding::json);
  EXPECT_TRUE(
      filled.config.metrics->readers.at(0).get<PeriodicReader>().exporter.holds<OtlpGrpcMetricExporter>());
  EXPECT_FALSE(Filled().config.tracing) << "a protocol turns nothing on";
}

TEST(SignalsEnvironment, LeavesWhatCodeChoseForTheProtocol) {
  const Variable all("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
  const Filled filled(
      {.metrics = MetricsConfig{.readers = {PeriodicReader{.interval = 3s}}},
       .tracing = TracingConfig{
           .processors = {BatchSpanProcessor{
               .schedule_delay = 1s, .exporter = OtlpGrpcExporter{.endpoint = "http://code:4317"}}}}});
  EXPECT_EQ(filled.spans_to().get<OtlpGrpcExporter>().endpoint, "http://code:4317");
  EXPECT_EQ(filled.config.metrics->readers.at(0).get<PeriodicReader>().interval, 3s);
}

TEST(SignalsEnvironment, TurnsNoSignalOffThatATextHas) {
  const Variable traces("OTEL_TRACES_EXPORTER", "none");
  const Variable logs("OTEL_LOGS_EXPORTER", "none");
  const test::TemporaryFile file("{tracing: , logging: {level: debug}}");
  TelemetryConfig config;
  Origins origins;
  ConfigErrors errors;
  load_layers(file.path(), origins, errors);
  ASSERT_TRUE(read_layers(origins, type_of<TelemetryConfig>(), &config, {}).empty());
  apply_environment({config.logging, config.metrics, config.tracing}, origins);
  EXPECT_TRUE(config.tracing.has_value());
  EXPECT_EQ(config.logging->level, Level::debug);
}

TEST(SignalsEnvironment, HasOptionsOfBatchesThatAreWrittenShort) {
  const Variable exporter("OTEL_LOGS_EXPORTER", "otlp");
  const Variable delay("OTEL_BLRP_SCHEDULE_DELAY", "55");
  const Filled filled;
  const auto& otlp = filled.config.logging->handlers.at(0).get<OtlpHandler>();
  ASSERT_EQ(otlp.processors.size(), 1U);
  EXPECT_FALSE(otlp.exporter.has_value());
  EXPECT_EQ(otlp.processors[0].get<BatchLogProcessor>().schedule_delay, 55ms);
  EXPECT_TRUE(otlp.processors[0].get<BatchLogProcessor>().exporter.holds<OtlpHttpExporter>());
}

TEST(SignalsEnvironment, LeavesWhatATextSays) {
  const Variable traces("OTEL_TRACES_EXPORTER", "console");
  const Variable delay("OTEL_BSP_SCHEDULE_DELAY", "70");
  const Variable size("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "71");
  const std::string text = "tracing: {processors: [{batch: {schedule_delay: 5, exporter: {otlp_grpc: }}}]}";
  TelemetryConfig config;
  Origins origins;
  ASSERT_TRUE(read_yaml(text, "f", config).empty());
  ConfigErrors errors;
  const test::TemporaryFile file(text);
  load_layers(file.path(), origins, errors);
  apply_environment({config.logging, config.metrics, config.tracing}, origins);
  const auto& batch = config.tracing->processors.at(0).get<BatchSpanProcessor>();
  EXPECT_TRUE(batch.exporter.holds<OtlpGrpcExporter>());
  EXPECT_EQ(batch.schedule_delay, 5ms);
  EXPECT_EQ(batch.max_export_batch_size, 71) << "the text says nothing of it";
}

TEST(SignalsEnvironment, HasOptionsOfBatches) {
  const Variable spans("OTEL_BSP_SCHEDULE_DELAY", "70");
  const Variable queue("OTEL_BSP_MAX_QUEUE_SIZE", "72");
  const Variable logs("OTEL_BLRP_SCHEDULE_DELAY", "80");
  const Variable size("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "81");
  const LoggingConfig logging{.handlers = {OtlpHandler{.processors = {BatchLogProcessor{}}}}};
  const Filled filled({.logging = logging, .tracing = TracingConfig{}});
  const auto& span_batch = filled.config.tracing->processors.at(0).get<BatchSpanProcessor>();
  EXPECT_EQ(span_batch.schedule_delay, 70ms);
  EXPECT_EQ(span_batch.max_queue_size, 72);
  EXPECT_EQ(span_batch.max_export_batch_size, 512);
  const auto& log_batch =
      filled.config.logging->handlers.at(0).get<OtlpHandler>().processors.at(0).get<BatchLogProcessor>();
  EXPECT_EQ(log_batch.schedule_delay, 80ms);
  EXPECT_EQ(log_batch.max_export_batch_size, 81);
  const Variable span_timeout("OTEL_BSP_EXPORT_TIMEOUT", "90");
  const Variable log_timeout("OTEL_BLRP_EXPORT_TIMEOUT", "soon");
  const Filled timed({.logging = logging, .tracing = TracingConfig{}});
  EXPECT_EQ(timed.config.tracing->processors.at(0).get<BatchSpanProcessor>().export_timeout, 90ms);
  EXPECT_EQ(timed.config.logging->handlers.at(0)
                .get<OtlpHandler>()
                .processors.at(0)
                .get<BatchLogProcessor>()
                .export_timeout,
            std::nullopt)
      << "what is no time is none";
}

TEST(SignalsEnvironment, HasLimitsOfLogRecords) {
  const Variable all("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "5");
  const Variable count("OTEL_ATTRIBUTE_COUNT_LIMIT", "6");
  const Variable own("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "7");
  const Filled filled({.logging = LoggingConfig{}});
  EXPECT_EQ(filled.config.logging->limits.attribute_value_length_limit, 5);
  EXPECT_EQ(filled.config.logging->limits.attribute_count_limit, 7);
}

TEST(SignalsEnvironment, IgnoresWhatItCanNotUseAndSaysSo) {
  const Variable traces("OTEL_TRACES_EXPORTER", "zipkin");
  const Variable delay("OTEL_BSP_SCHEDULE_DELAY", "soon");
  const Variable queue("OTEL_BSP_MAX_QUEUE_SIZE", "-1");
  testing::internal::CaptureStderr();
  const Filled filled({.tracing = TracingConfig{}});
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(filled.spans_to().holds<OtlpGrpcExporter>());
  const auto& batch = filled.config.tracing->processors.at(0).get<BatchSpanProcessor>();
  EXPECT_EQ(batch.schedule_delay, 5s);
  EXPECT_FALSE(batch.max_queue_size);
  for (const char* said : {"OTEL_TRACES_EXPORTER: found \"zipkin\"; allowed: otlp, console, none",
                           "OTEL_BSP_SCHEDULE_DELAY: found", "OTEL_BSP_MAX_QUEUE_SIZE: found"})
    EXPECT_NE(told.find(said), std::string::npos) << told;
  EXPECT_EQ(filled.origins.variable_of("tracing.processors[0].batch.schedule_delay"), nullptr);
}

TEST(SignalsEnvironment, TurnsAllOff) {
  const Variable disabled("OTEL_SDK_DISABLED", "TRUE");
  const Variable traces("OTEL_TRACES_EXPORTER", "otlp");
  const Filled filled({.metrics = MetricsConfig{}, .tracing = TracingConfig{}});
  EXPECT_FALSE(filled.config.tracing || filled.config.metrics);
  EXPECT_EQ(filled.config.logging.value_or(LoggingConfig{}).level, Level::off);
}

TEST(SignalsEnvironment, IsDisabledByTrueOnly) {
  const Variable disabled("OTEL_SDK_DISABLED", "1");
  testing::internal::CaptureStderr();
  EXPECT_TRUE(Filled({.tracing = TracingConfig{}}).config.tracing.has_value());
  EXPECT_NE(testing::internal::GetCapturedStderr().find(
                "OTEL_SDK_DISABLED is ignored: found \"1\"; allowed: true, false"),
            std::string::npos);
}

}  // namespace
}  // namespace ergon::config
