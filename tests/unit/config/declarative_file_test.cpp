#include "config/declarative_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "config/declarative_tables.hpp"
#include "source_folder.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"

// specification: configuration/sdk.md, and opentelemetry-configuration's schema 1.0 and 1.1. The files of
// tests/integration/config/declarative are after its examples, written anew.
namespace ergon::config {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ergon::test::Variable;

const fs::path kFiles = fs::path(ERGON_SOURCE_DIR) / "tests" / "integration" / "config" / "declarative";

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string without(std::string text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part))
    text.erase(at, part.size());
  return text;
}

std::string messages_of(const DeclarativeFile& file, const std::string& name) {
  std::string messages;
  for (const ConfigError& error : file.errors) messages += error.message() + "\n";
  for (const std::string& warning : file.warnings) messages += "warning: " + warning + "\n";
  return without(messages, name);
}

DeclarativeFile read(const std::string& yaml) {
  const ergon::test::TemporaryFile file(yaml);
  DeclarativeFile result = read_declarative_file(file.path(), {});
  EXPECT_EQ(messages_of(result, file.path()), "") << yaml;
  return result;
}

TEST(DeclarativeFile, IsReadAsItIs) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "team=a");
  const fs::path path = kFiles / "good" / "everything.yaml";
  const DeclarativeFile file = read_declarative_file(path, {});
  ASSERT_EQ(messages_of(file, path), "");
  EXPECT_FALSE(file.is_disabled);
  EXPECT_TRUE(file.tells_of_troubles);
  const TelemetryConfig& telemetry = file.telemetry;
  EXPECT_EQ(telemetry.resource.attributes.at("service.name"), ResourceValue("orders"));
  EXPECT_EQ(telemetry.resource.attributes_list, "team=a");
  EXPECT_EQ(telemetry.resource.detection.detectors.size(), 4U);
  EXPECT_EQ(telemetry.propagator->composite.size(), 2U);
  EXPECT_EQ(telemetry.propagator->composite_list, "baggage,b3");

  const TracingConfig& tracing = *telemetry.tracing;
  EXPECT_EQ(tracing.sampler.get<ParentBased>().root->get<TraceIdRatioBased>().ratio, 0.25);
  const auto& batch = tracing.processors.at(0).get<BatchSpanProcessor>();
  EXPECT_EQ(batch.export_timeout, 30s);
  EXPECT_EQ(batch.max_queue_size, 2'048);
  const auto& http = batch.exporter.get<OtlpHttpExporter>();
  EXPECT_EQ(http.headers.at(0).name, "api-key");
  EXPECT_EQ(http.headers_list, "tenant=a");
  EXPECT_TRUE(tracing.processors.at(1).holds<SimpleSpanProcessor>());
  EXPECT_EQ(tracing.tracer_configurator.tracers.at(0).name, "noisy.*");

  const auto& reader = telemetry.metrics->readers.at(0).get<PeriodicReader>();
  EXPECT_EQ(reader.exporter.get<OtlpGrpcMetricExporter>().temporality_preference,
            TemporalityPreference::delta);
  EXPECT_EQ(telemetry.metrics->views.at(0).stream.aggregation_cardinality_limit, 500);

  const LoggingConfig& logging = *telemetry.logging;
  EXPECT_EQ(logging.level, Level::info);
  EXPECT_EQ(logging.levels, (std::map<std::string, Level>{{"orders", Level::info}, {"noisy", Level::off}}));
  ASSERT_EQ(logging.handlers.size(), 1U);
  const auto& handler = logging.handlers[0].get<OtlpHandler>();
  EXPECT_EQ(handler.level, Level::trace);
  EXPECT_EQ(handler.processors.size(), 2U);
}

TEST(DeclarativeFile, HasLimitsForAllThatHaveNoneOfTheirOwn) {
  const DeclarativeFile file = read_declarative_file(kFiles / "good" / "everything.yaml", {});
  EXPECT_EQ(file.errors.size(), 0U) << "a variable that is not set is none";
  EXPECT_EQ(file.telemetry.tracing->limits.attribute_count_limit, 64);
  EXPECT_EQ(file.telemetry.tracing->limits.attribute_value_length_limit, 4'096);
  EXPECT_EQ(file.telemetry.logging->limits.attribute_value_length_limit, 1'024);
  EXPECT_EQ(file.telemetry.logging->limits.attribute_count_limit, 100);
}

TEST(DeclarativeFile, LeavesOffWhatItDoesNotHave) {
  const DeclarativeFile file = read_declarative_file(kFiles / "good" / "traces_only.yaml", {});
  EXPECT_TRUE(file.telemetry.tracing);
  EXPECT_FALSE(file.telemetry.metrics);
  EXPECT_FALSE(file.telemetry.logging);
  EXPECT_TRUE(file.telemetry.propagator->composite.empty()) << "no propagator is none";
  EXPECT_FALSE(read("file_format: \"1.0\"\n").telemetry.tracing);
}

TEST(DeclarativeFile, IsOffWhereItSaysSo) {
  const DeclarativeFile file = read(
      "file_format: \"1.0\"\ndisabled: true\nlog_level: error\n"
      "tracer_provider: {processors: [{batch: {exporter: {console: }}}]}\n");
  EXPECT_TRUE(file.is_disabled);
  EXPECT_FALSE(file.tells_of_troubles);
}

// "Null or empty: the default", so an unset variable is no error.
TEST(DeclarativeFile, TakesNothingForTheDefault) {
  const DeclarativeFile file = read(
      "file_format: \"1.0\"\n"
      "disabled:\n"
      "resource:\n"
      "  attributes: [{name: a, value: }, {name: b, value: c, type: }]\n"
      "  attributes_list: ${UNSET_LIST}\n"
      "propagator:\n"
      "tracer_provider:\n"
      "  processors:\n"
      "    - batch:\n"
      "        schedule_delay:\n"
      "        exporter: {otlp_grpc: {tls: {ca_file: , key_file: , insecure: }, headers: [{name: k, value: "
      "}], compression: }}\n");
  EXPECT_EQ(file.telemetry.resource.attributes, (ResourceAttributes{{"b", "c"}}));
  EXPECT_TRUE(file.telemetry.propagator->composite.empty()) << "an empty one propagates nothing";
  const auto& batch = file.telemetry.tracing->processors.at(0).get<BatchSpanProcessor>();
  EXPECT_EQ(batch.schedule_delay, 5s);
}

TEST(DeclarativeFile, HasNoAttributesBesideItsList) {
  const ergon::test::TemporaryFile text("file_format: \"1.0\"\nresource: {schema_ulr: x}\n");
  const DeclarativeFile file = read_declarative_file(text.path(), {});
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_EQ(file.errors[0].complaint.meant, "schema_url");
}

TEST(DeclarativeFile, OfANewerMinorVersionWarnsOfWhatIsUnknown) {
  const fs::path path = kFiles / "good" / "newer.yaml";
  const DeclarativeFile file = read_declarative_file(path, {});
  EXPECT_EQ(
      messages_of(file, path),
      "warning: file_format 1.7 is newer than 1.1\n"
      "warning: :2:1: [\"instrumentation/development\"]: an unknown key is ignored\n"
      "warning: :3:1: novelty: an unknown key is ignored\n"
      "warning: :5:48: tracer_provider.processors[0].batch.exporter.otlp_grpc.colour: an unknown key is "
      "ignored\n");
  EXPECT_TRUE(file.telemetry.tracing);
}

TEST(DeclarativeFile, KnowsWhereItsPartsBelong) {
  const DeclarativeFile file = read_declarative_file(kFiles / "good" / "everything.yaml", {}, "tasks.Orders");
  const auto line_of = [&](const std::string& path) {
    const auto place = file.origins.place_of("tasks.Orders." + path);
    return place ? place->line : 0;
  };
  const std::string text = text_of(kFiles / "good" / "everything.yaml");
  const auto line_with = [&](std::string_view part) {
    return 1 + static_cast<int>(std::count(
                   text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(part)), '\n'));
  };
  EXPECT_EQ(line_of("tracing.sampler.parent_based.root.trace_id_ratio_based.ratio"),
            line_with("ratio: 0.25"));
  EXPECT_EQ(line_of("metrics.readers[0].periodic.interval"), line_with("interval: 60000"));
  EXPECT_EQ(line_of("logging.handlers[0].otlp.processors[1].simple"),
            line_with("- simple: {exporter: {console: }}"));
  EXPECT_EQ(line_of("resource.replicas"), line_with("name: replicas"));
  EXPECT_EQ(line_of("propagator.composite_list"), line_with("composite_list"));
}

TEST(DeclarativeFile, SaysWhatIsWrong) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(kFiles / "bad")) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    const std::string messages = messages_of(read_declarative_file(entry.path(), {}), entry.path());
    fs::path expected = entry.path();
    EXPECT_EQ(messages, text_of(expected.replace_extension(".expected"))) << entry.path();
    EXPECT_NE(messages, "");
  }
  EXPECT_GE(files, 8U);
}

TEST(DeclarativeFile, HasTheSeveritiesOfOpenTelemetry) {
  EXPECT_EQ(level_of_severity("trace"), Level::trace);
  EXPECT_EQ(level_of_severity("warn"), Level::warning);
  EXPECT_EQ(level_of_severity("warn4"), Level::error) << "above all records of warning";
  EXPECT_EQ(level_of_severity("fatal"), Level::critical);
  EXPECT_EQ(level_of_severity("fatal2"), Level::off);
  EXPECT_EQ(level_of_severity("warn5"), std::nullopt);
  EXPECT_EQ(level_of_severity("warning"), std::nullopt);
  EXPECT_EQ(level_of_severity(""), std::nullopt);
}

}  // namespace
}  // namespace ergon::config
