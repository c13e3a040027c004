#include "config/otlp_environment.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>

#include "config/read.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"

// specification: protocol/exporter.md
namespace ergon::config {
namespace {

using namespace std::chrono_literals;
using ergon::test::TemporaryFile;
using ergon::test::Variable;

OtlpGrpcExporter grpc_with_environment(OtlpGrpcExporter exporter = {}) {
  TracingConfig config{.processors = {BatchSpanProcessor{.exporter = std::move(exporter)}}};
  Origins none;
  apply_otlp_environment(config, none, "tracing");
  return config.processors[0].get<BatchSpanProcessor>().exporter.get<OtlpGrpcExporter>();
}

OtlpHttpExporter http_with_environment() {
  LoggingConfig config{.handlers = {ConsoleHandler{}, OtlpHandler{.exporter = OtlpHttpExporter{}}}};
  Origins none;
  apply_otlp_environment(config, none, "logging");
  return config.handlers[1].get<OtlpHandler>().exporter->get<OtlpHttpExporter>();
}

OtlpHttpMetricExporter metrics_with_environment() {
  MetricsConfig config{.readers = {PeriodicReader{.exporter = OtlpHttpMetricExporter{}}}};
  Origins none;
  apply_otlp_environment(config, none, "metrics");
  return config.readers[0].get<PeriodicReader>().exporter.get<OtlpHttpMetricExporter>();
}

TEST(OtlpEnvironment, HasTheEndpointOfAllSignals) {
  const Variable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");
  EXPECT_EQ(grpc_with_environment({.endpoint = "http://code:1"}).endpoint, "http://collector:4317");
  EXPECT_EQ(http_with_environment().endpoint, "http://collector:4317/v1/logs");
  EXPECT_EQ(metrics_with_environment().endpoint, "http://collector:4317/v1/metrics");
}

TEST(OtlpEnvironment, HasASignalsOwnEndpointAsItIs) {
  const Variable all("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otlp/");
  const Variable logs("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://logs/in");
  EXPECT_EQ(http_with_environment().endpoint, "https://logs/in");
  EXPECT_EQ(metrics_with_environment().endpoint, "http://collector:4318/otlp/v1/metrics");
}

TEST(OtlpEnvironment, HasTheOtherOptions) {
  const Variable insecure("OTEL_EXPORTER_OTLP_TRACES_INSECURE", "TRUE");
  const Variable authority("OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/null");
  const Variable certificate("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/dev/null");
  const Variable key("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "/dev/null");
  const Variable compression("OTEL_EXPORTER_OTLP_COMPRESSION", "GZip");
  const Variable timeout("OTEL_EXPORTER_OTLP_TIMEOUT", "1500");
  const Variable trace_timeout("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250");
  const OtlpGrpcExporter exporter = grpc_with_environment();
  EXPECT_TRUE(exporter.tls.insecure);
  EXPECT_EQ(exporter.tls.ca_file, "/dev/null");
  EXPECT_EQ(exporter.tls.cert_file, "/dev/null");
  EXPECT_EQ(exporter.tls.key_file, "/dev/null");
  EXPECT_EQ(exporter.compression, OtlpCompression::gzip);
  EXPECT_EQ(exporter.timeout, 250ms);
  EXPECT_EQ(http_with_environment().timeout, 1'500ms);
  EXPECT_FALSE(http_with_environment().tls.insecure);
}

TEST(OtlpEnvironment, HasHeaders) {
  const Variable headers("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%2Cb, authorization = Basic dXNlcg== ");
  const OtlpGrpcExporter exporter = grpc_with_environment({.headers = {{"code", "1"}}});
  ASSERT_EQ(exporter.headers.size(), 2U);
  EXPECT_EQ(exporter.headers[0].name + ":" + exporter.headers[0].value, "api-key:a,b");
  EXPECT_EQ(exporter.headers[1].name + ":" + exporter.headers[1].value, "authorization:Basic dXNlcg==");
}

TEST(OtlpEnvironment, IgnoresAndTellsWhatCanNotBeUsed) {
  const Variable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT", "collector 4317");
  const Variable compression("OTEL_EXPORTER_OTLP_COMPRESSION", "zip");
  const Variable timeout("OTEL_EXPORTER_OTLP_TIMEOUT", "-1");
  const Variable headers("OTEL_EXPORTER_OTLP_HEADERS", "a=1,b");
  const Variable certificate("OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such/file.pem");
  ::testing::internal::CaptureStderr();
  const OtlpGrpcExporter exporter = grpc_with_environment();
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(exporter.endpoint, OtlpGrpcExporter{}.endpoint);
  EXPECT_EQ(exporter.compression, OtlpCompression::none);
  EXPECT_EQ(exporter.timeout, 10s);
  EXPECT_TRUE(exporter.headers.empty());
  EXPECT_EQ(exporter.tls.ca_file, "");
  for (const char* name : {"_ENDPOINT", "_COMPRESSION", "_TIMEOUT", "_HEADERS", "_CERTIFICATE"})
    EXPECT_NE(told.find(std::string("OTEL_EXPORTER_OTLP") + name + ": found"), std::string::npos) << told;
}

TEST(OtlpEnvironment, TakesNoHeaderThatTheProtocolUses) {
  const Variable headers("OTEL_EXPORTER_OTLP_HEADERS", "content-type=text/plain");
  EXPECT_TRUE(grpc_with_environment().headers.empty());
}

TEST(OtlpEnvironment, PutsTheSignalsPathBeforeAQuery) {
  const Variable all("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/in?key=1");
  EXPECT_EQ(http_with_environment().endpoint, "http://collector:4318/in/v1/logs?key=1");
}

TEST(OtlpEnvironment, HasTheEncodingAsTheProtocol) {
  const Variable protocol("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json");
  EXPECT_EQ(http_with_environment().encoding, OtlpEncoding::json);
  const Variable logs("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf");
  EXPECT_EQ(http_with_environment().encoding, OtlpEncoding::protobuf);
}

// Told of the metrics' exporter: that of each signal is told once in ten seconds.
TEST(OtlpEnvironment, TellsOfAnotherProtocolAndHalfAPairAndShowsNoSecret) {
  const Variable protocol("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
  const Variable certificate("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/dev/null");
  const Variable headers("OTEL_EXPORTER_OTLP_HEADERS", "authorization=s3cr3t%ZZ");
  const Variable endpoint("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://user:s3cr3t@host");
  ::testing::internal::CaptureStderr();
  const OtlpHttpMetricExporter exporter = metrics_with_environment();
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(exporter.tls.cert_file, "");
  EXPECT_TRUE(exporter.headers.empty());
  EXPECT_EQ(exporter.endpoint, "");
  EXPECT_EQ(told.find("s3cr3t"), std::string::npos) << told;
  for (const char* said : {"_PROTOCOL: found", "for metrics", "CLIENT_KEY: found", "authorization=..."})
    EXPECT_NE(told.find(said), std::string::npos) << told;
}

TEST(OtlpEnvironment, LeavesWhatAFileSays) {
  const Variable endpoint("OTEL_EXPORTER_OTLP_ENDPOINT", "http://environment:1");
  const Variable timeout("OTEL_EXPORTER_OTLP_TIMEOUT", "77");
  const Variable authority("OTEL_EXPORTER_OTLP_CERTIFICATE", "/dev/null");
  const TemporaryFile file(
      "tracing: {processors: [{batch: {exporter: {otlp_grpc: {endpoint: 'http://file:2', tls: {insecure: "
      "true}}}}}]}\n");
  ConfigErrors errors;
  Origins origins;
  load_layers(file.path(), origins, errors);
  ASSERT_TRUE(errors.empty());
  TelemetryConfig config;
  ASSERT_TRUE(read_layers(origins, type_of<TelemetryConfig>(), &config, {}).empty());
  apply_otlp_environment(*config.tracing, origins, "tracing");
  const auto& exporter =
      config.tracing->processors[0].get<BatchSpanProcessor>().exporter.get<OtlpGrpcExporter>();
  EXPECT_EQ(exporter.endpoint, "http://file:2");
  EXPECT_EQ(exporter.timeout, 77ms);
  EXPECT_EQ(exporter.tls.ca_file, "/dev/null") << "beside the file's key of the same object";
}

}  // namespace
}  // namespace ergon::config
