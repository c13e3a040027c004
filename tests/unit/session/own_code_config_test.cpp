#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/register_extension.hpp>
#include <ergon/extend/span_processor.hpp>
#include <ergon/telemetry.hpp>
#include <ergon/testing/in_memory_store.hpp>

#include "base/wildcard.hpp"
#include "unit/support_engine/journal.hpp"

// How processors and exporters of the program's own are named in a configuration.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;

Journal g_journal;

class LabelledExporter final : public TelemetryExporter {
 public:
  struct Options {
    std::string label{"own"};
    ERGON_OPTIONS(Options, label);
  };
  explicit LabelledExporter(Options options) : label_(std::move(options.label)) {
    if (label_.empty()) throw std::invalid_argument("no label");
  }
  bool export_batch(const ExportedBatch& batch) override {
    for (const SpanData& span : batch.spans()) g_journal.note(label_ + " span " + span.name);
    return true;
  }

 private:
  std::string label_;
};

class LabellingProcessor final : public SpanProcessor {
 public:
  struct Options {
    std::string label{"own"};
    ERGON_OPTIONS(Options, label);
  };
  explicit LabellingProcessor(Options options) : label_(std::move(options.label)) {}

  void on_start(WritableSpan& span, const Context& /*parent*/) override {
    span.set_attribute("label", label_);
  }

 private:
  std::string label_;
};

Custom own(std::string label) {
  return Custom("labelled", LabelledExporter::Options{.label = std::move(label)});
}

class OwnCodeConfig : public ::testing::Test {
 protected:
  void SetUp() override {
    telemetry::register_extension<LabelledExporter>("labelled");
    telemetry::register_extension<LabellingProcessor>("labelling");
    store_.clear();
  }

  testing::InMemoryStore store_{"own code"};
};

TEST_F(OwnCodeConfig, SayWhatIsWrongWithThem) {
  const auto errors_of = [](const TelemetryConfig& config) { return telemetry::start(config).errors(); };
  TelemetryConfig config;
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{}, SimpleSpanProcessor{own("")}}};
  config.logging = LoggingConfig{
      .handlers = {ConsoleHandler{}, OtlpHandler{.processors = {BatchLogProcessor{.exporter = Custom("x")}}},
                   OtlpHandler{.exporter = own("")}}};
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = own("")}}};
  const auto errors = errors_of(config);
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_EQ(errors[0], "tracing.processors[1].simple.exporter.labelled: it could not be made: no label");
  EXPECT_TRUE(errors[1].starts_with(
      "logging.handlers[1].otlp.processors[0].batch.exporter.x: found an unregistered name; allowed: "))
      << errors[1];
  EXPECT_EQ(errors[2], "logging.handlers[2].otlp.exporter.labelled: it could not be made: no label");
  EXPECT_EQ(errors[3], "metrics.readers[0].periodic.exporter.labelled: it could not be made: no label");
}

class OwnCodeInYaml : public OwnCodeConfig {
 protected:
  [[nodiscard]] telemetry::Session start_from(const std::string& yaml) const {
    std::ofstream(path_) << yaml;
    return telemetry::start_from_file(path_);
  }

  std::string path_ = ::testing::TempDir() + "/own_code.yaml";
};

TEST_F(OwnCodeInYaml, AreChosenByTheirNames) {
  auto session = start_from(
      "tracing:\n"
      "  processors:\n"
      "    - labelling: {label: L}\n"
      "    - batch: {exporter: {labelled: {label: yaml}}}\n"
      "    - simple: {exporter: {in_memory: {store: own code}}}\n");
  ASSERT_TRUE(session) << session.errors().front();
  get_tracer("own").scoped_span("s").end();
  ASSERT_EQ(store_.spans().size(), 1U);
  EXPECT_EQ(testing::find(store_.spans()[0].attributes, "label"), "L");
  EXPECT_TRUE(session.shutdown(20s));
  EXPECT_EQ(g_journal.count("yaml span s"), 1);
  EXPECT_EQ(session.statistics().spans.destinations[0].name, "labelling");
}

TEST_F(OwnCodeInYaml, SayWhatIsWrongAndWhere) {
  const auto session = start_from(
      "tracing:\n"
      "  processors:\n"
      "    - batch: {exporter: {labeled: }}\n"
      "    - batch: {exporter: {labelled: {lable: x}}}\n"
      "    - labeling: {label: x}\n");
  // Other tests register names of their own, which are allowed, too.
  const std::vector<std::string> wanted{
      path_ +
          ":3:26: tracing.processors[0].batch.exporter.labeled: found "
          "an unknown key; allowed: otlp_grpc, otlp_http, "
          "otlp_file/development, console, in_memory, * (did you mean labelled?)",
      path_ +
          ":4:37: tracing.processors[1].batch.exporter.labelled.lable: "
          "found an unknown key; allowed: label*",
      path_ +
          ":5:7: tracing.processors[2].labeling: found an unknown key; "
          "allowed: batch, simple, * (did you mean "
          "labelling?)"};
  ASSERT_EQ(session.errors().size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_TRUE(base::matches_wildcard(wanted[i], session.errors()[i])) << session.errors()[i];
}

}  // namespace
}  // namespace ergon::test
