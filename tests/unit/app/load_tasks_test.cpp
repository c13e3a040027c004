#include "app/load_tasks.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include <ergon/connectors/jsonl.hpp>

#include "task/telemetry_presets.hpp"
#include "unit/app/load_tasks_fixture.hpp"
#include "unit/session/environment.hpp"

// What tasks share and what each has, presets, settings, and where values come from.
namespace ergon::test {
namespace {

TEST_F(LoadTasks, TakeAListOfAttributesOverTheEnvironment) {
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "stage=dev,zone=a,team=b");
  tasks_[0].config.resource.attributes_list = "from=list,zone=code";
  const TaskConfig items =
      task("tasks: {Items: {resource: {attributes_list: \"stage=prod,team=c\", team: d}}}\n");
  EXPECT_EQ(items.resource.attributes,
            (ResourceAttributes{{"from", "code"}, {"stage", "prod"}, {"team", "d"}, {"zone", "a"}}));
}

TEST_F(LoadTasks, MergeAttributesInWhateverFormTheyStand) {
  const auto loaded = load(
      "defaults: {resource: {a: defaults, b: defaults, detection/development: {detectors: [{host: }]}}}\n"
      "tasks: {Items: {resource: {attributes: [{name: b, value: task}, {name: c, value: task}]}}}\n");
  ASSERT_EQ(errors_, Messages{});
  const ResourceConfig& resource = loaded.file.tasks.at("Items").resource;
  EXPECT_EQ(resource.attributes,
            (ResourceAttributes{{"a", "defaults"}, {"b", "task"}, {"c", "task"}, {"from", "code"}}));
  EXPECT_EQ(resource.detection.detectors.size(), 1U);
  EXPECT_EQ(shown(loaded, "b: task"), "b: task # :2");
}

TEST_F(LoadTasks, HideHeadersThatStandInAList) {
  permissions_ = 0644;
  const auto loaded = load(
      "tasks: {Items: {tracing: {processors: [{batch: {exporter: {otlp_http: {headers_list: "
      "\"key=1\"}}}}]}}}\n");
  ASSERT_EQ(errors_, Messages{});
  EXPECT_EQ(shown(loaded, "headers_list:"), "headers_list: \"***\" # :1");
  ASSERT_EQ(loaded.warnings.size(), 1U) << "a secret that everybody can read";
  EXPECT_NE(loaded.warnings[0].find("headers_list"), std::string::npos);
}

TEST_F(LoadTasks, PutDefaultsBelowEachTask) {
  const auto loaded = load(
      "defaults:\n"
      "  connectors: {dead: {jsonl: {path: d.jsonl, mode: append}}}\n"
      "  tracing: {sampler: {always_on: }, limits: {event_count_limit: 5}}\n"
      "  logging: {level: debug, handlers: [{console: }, {json: }]}\n"
      "tasks:\n"
      "  Items:\n"
      "    connectors: {items: {jsonl: {path: i.jsonl}}}\n"
      "    tracing: {sampler: {always_off: }}\n"
      "    logging: {handlers: [{console: }]}\n"
      "  Others:\n");
  ASSERT_EQ(errors_, Messages{});
  const TaskConfig& items = loaded.file.tasks.at("Items");
  EXPECT_TRUE(items.tracing->sampler.holds<AlwaysOff>()) << "another alternative is in place of the first";
  EXPECT_EQ(items.tracing->limits.event_count_limit, 5);
  EXPECT_EQ(items.logging->level, Level::debug);
  EXPECT_EQ(items.logging->handlers.size(), 1U) << "lists are replaced";
  EXPECT_EQ(items.connectors.size(), 2U) << "maps are merged";
  const TaskConfig& others = loaded.file.tasks.at("Others");
  EXPECT_TRUE(others.tracing->sampler.holds<AlwaysOn>());
  EXPECT_EQ(others.logging->handlers.size(), 2U);
}

TEST_F(LoadTasks, SayOnceWhatIsWrongWithDefaults) {
  load(
      "defaults:\n"
      "  logging: {levle: debug, handlers: [{console: {formatter: nice}}]}\n"
      "tasks: {Items: , Others: }\n");
  ASSERT_EQ(errors_.size(), 2U);
  EXPECT_TRUE(errors_[0].starts_with(":2:13: defaults.logging.levle: found an unknown key")) << errors_[0];
  EXPECT_TRUE(errors_[1].starts_with(":2:49: tasks.Items.logging.handlers[0].console.formatter: found nice"))
      << errors_[1];
}

TEST_F(LoadTasks, HavePresetsInThePlaceOfWhatTheyStandFor) {
  const TaskConfig files = task("tasks: {Items: {telemetry: files, logging: {level: debug}}}");
  EXPECT_EQ(files.logging->level, Level::debug) << "what is said beside it counts";
  ASSERT_EQ(files.logging->handlers.size(), 3U);
  EXPECT_TRUE(files.logging->handlers[1].holds<RotatingFileHandler>());
  EXPECT_TRUE(files.tracing->processors[0].get<BatchSpanProcessor>().exporter.holds<OtlpFileExporter>());
  EXPECT_TRUE(files.metrics->readers[0].get<PeriodicReader>().exporter.holds<OtlpFileMetricExporter>());

  const TaskConfig otlp = task(
      "{defaults: {telemetry: console, tracing: {sampler: {always_off: }}}, tasks: {Items: {telemetry: "
      "otlp}}}");
  EXPECT_TRUE(otlp.tracing->processors[0].get<BatchSpanProcessor>().exporter.holds<OtlpGrpcExporter>());
  EXPECT_TRUE(otlp.tracing->sampler.holds<AlwaysOff>()) << "it says nothing of samplers";
  const TaskConfig console = task("{defaults: {telemetry: console}, tasks: {Items: }}");
  EXPECT_TRUE(console.tracing->processors[0].get<BatchSpanProcessor>().exporter.holds<ConsoleExporter>());
}

TEST_F(LoadTasks, AreOffWhateverElseIsSaid) {
  const auto loaded = load("tasks: {Items: {telemetry: off, logging: {level: trace}, tracing: , metrics: }}");
  EXPECT_EQ(errors_, Messages{});
  EXPECT_EQ(loaded.off.at("Items"), "telemetry: off");
  TaskConfig off = loaded.file.tasks.at("Items");
  detail::apply_off(loaded, "Items", off);
  EXPECT_EQ(off.logging->level, Level::off);
  EXPECT_FALSE(off.tracing || off.metrics);
  EXPECT_TRUE(load("{defaults: {telemetry: off}, tasks: {Items: {telemetry: otlp}}}").off.empty());
}

TEST_F(LoadTasks, HavePresetsInCode) {
  tasks_[0].config.telemetry = TelemetryPreset::files;
  tasks_[0].config.metrics = MetricsConfig{};
  const TaskConfig config = task("tasks: {Items: }");
  EXPECT_TRUE(config.tracing->processors[0].get<BatchSpanProcessor>().exporter.holds<OtlpFileExporter>());
  EXPECT_TRUE(config.metrics->readers[0].get<PeriodicReader>().exporter.holds<OtlpGrpcMetricExporter>());
}

TEST_F(LoadTasks, HavePresetsWithoutMistakes) {
  for (const TelemetryPreset preset :
       {TelemetryPreset::console, TelemetryPreset::files, TelemetryPreset::otlp, TelemetryPreset::off}) {
    const config::Layer layer = detail::preset_layer(preset, {});
    ASSERT_TRUE(layer.root);
    TaskConfig config;
    const config::ConfigErrors errors = config::read_layer(layer, config::type_of<TaskConfig>(), &config, {});
    EXPECT_TRUE(errors.empty()) << layer.source << ": " << errors.front().message();
  }
}

TEST_F(LoadTasks, AreCheckedThoughTheyAreOff) {
  const std::string wrong =
      "tasks: {Items: {telemetry: off, logging: {handlers: [{console: {formatter: nice}}]}}}";
  load(wrong);
  EXPECT_EQ(errors_.size(), 1U);
  const Variable disabled("OTEL_SDK_DISABLED", "true");
  load(wrong);
  EXPECT_EQ(errors_.size(), 1U);
  const auto loaded = load("tasks: {Items: {logging: {level: debug}}}");
  EXPECT_EQ(shown(loaded, "Items:"), "Items: # its telemetry is off: OTEL_SDK_DISABLED");
}

TEST_F(LoadTasks, KeepTheOtherConnectorsWhereASettingNamesOne) {
  tasks_[0].config.connectors = {{"input", JsonlConnector::Options{.path = "a"}},
                                 {"dead", JsonlConnector::Options{.path = "d"}}};
  const TaskConfig config = task("tasks: {Items: }", {"connectors.input.jsonl.path=x"});
  EXPECT_EQ(config.connectors.size(), 2U);
  EXPECT_EQ(config.connectors.at("input").get_if<JsonlConnector::Options>()->path, "x");
}

TEST_F(LoadTasks, ShowNothingThatComesFromFilesOfSecrets) {
  const TemporaryFile secret("s3cret");
  const auto loaded = load("tasks: {Items: {resource: {a: '${file:" + secret.path() + "}', b: '$$x'}}}");
  EXPECT_EQ(shown(loaded, "a: "), "a: \"***\" # :1");
  EXPECT_EQ(shown(loaded, "b: "), "b: \"$$x\" # :1") << "as a file has it";
}

TEST_F(LoadTasks, TakeSettingsOverAllElse) {
  const std::string yaml = "tasks: {Items: {telemetry: files, tracing: {sampler: {always_on: }}}}";
  const TaskConfig config = task(yaml, {"tracing.sampler.trace_id_ratio_based.ratio=0.5", "telemetry=otlp"});
  EXPECT_EQ(config.tracing->sampler.get<TraceIdRatioBased>().ratio, 0.5);
  EXPECT_TRUE(config.tracing->processors[0].get<BatchSpanProcessor>().exporter.holds<OtlpGrpcExporter>());
  load(yaml, {"tracing.smapler=1", "workers=x"});
  ASSERT_EQ(errors_.size(), 2U);
  EXPECT_TRUE(
      errors_[0].starts_with("--set tracing.smapler:1:1: tasks.Items.tracing.smapler: found an unknown key"))
      << errors_[0];
  EXPECT_TRUE(errors_[1].starts_with("--set workers:1:1: tasks.Items.workers: found x")) << errors_[1];
}

TEST_F(LoadTasks, KnowWhereEachValueComesFrom) {
  const Variable delay("OTEL_BSP_SCHEDULE_DELAY", "70");
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "team=blue");
  const auto loaded = load(
      "defaults: {logging: {level: debug}}\n"
      "tasks:\n"
      "  Items:\n"
      "    telemetry: otlp\n"
      "    metrics: {exemplar_filter: always_off}\n",
      {"logging.source=true"});
  ASSERT_EQ(errors_, Messages{});
  EXPECT_EQ(shown(loaded, "level:"), "level: debug # :1");
  EXPECT_EQ(shown(loaded, "exemplar_filter:"), "exemplar_filter: always_off # :5");
  EXPECT_EQ(shown(loaded, " source:"), " source: true # --set logging.source");
  EXPECT_EQ(shown(loaded, "schedule_delay: 70"), "schedule_delay: 70ms # OTEL_BSP_SCHEDULE_DELAY");
  EXPECT_EQ(shown(loaded, "team:"), "team: blue # OTEL_RESOURCE_ATTRIBUTES");
  EXPECT_EQ(shown(loaded, "from:"), "from: code # code");
  EXPECT_EQ(shown(loaded, "workers:"), "workers: 1 # default");
  EXPECT_EQ(shown(loaded, "level: trace"), "level: trace # telemetry: otlp");
}

TEST_F(LoadTasks, ShowWhatReadsBackAsTheSame) {
  const auto first = load(
      "tasks:\n"
      "  Items:\n"
      "    telemetry: files\n"
      "    connectors: {items: {jsonl: {path: 'a b: #.jsonl'}}}\n"
      "    resource: {version: '1.10', n: 3, yes: true, list: [a, 'b, c'], odd: \"x\\ty\"}\n"
      "    logging: {filters: {f: {match: {message: '^a\"b$$', attributes: {'k.x': 'v*'}}}}}\n"
      "    tracing:\n"
      "      sampler: {rule_based: {rules: [{name: 'h*', sampler: {always_off: }}], otherwise: {probability: "
      "{ratio: 0.01}}}}\n");
  ASSERT_EQ(errors_, Messages{});
  const std::string text = detail::effective_text(first, program_);
  const auto second = load(text);
  EXPECT_EQ(errors_, Messages{}) << text;
  const auto without_remarks = [](std::string shown) {
    std::string result;
    std::size_t begin = 0;
    while (begin < shown.size()) {
      const std::size_t end = std::min(shown.find('\n', begin), shown.size());
      const std::string line = shown.substr(begin, end - begin);
      const std::size_t remark = line.rfind("  # ");
      result += line.substr(0, line.find_last_not_of(' ', remark) + 1) + "\n";
      begin = end + 1;
    }
    return result;
  };
  EXPECT_EQ(without_remarks(detail::effective_text(second, program_)), without_remarks(text));
}

TEST_F(LoadTasks, WarnOfSecretsThatEverybodyCanRead) {
  const Variable key("ERGON_TEST_KEY", "s3cret");
  const auto headers = [](const std::string& value) {
    return "tasks: {Items: {tracing: {processors: [{batch: {exporter: {otlp_grpc: {headers: [{name: api-key, "
           "value: " +
           value + "}]}}}}]}}}";
  };
  EXPECT_TRUE(load(headers("s3cret")).warnings.empty()) << "its owner alone can read it";
  permissions_ = 0644;
  const auto plain = load(headers("s3cret"));
  ASSERT_EQ(plain.warnings.size(), 1U);
  EXPECT_NE(plain.warnings[0].find("headers[0].value: a secret in plain text"), std::string::npos);
  EXPECT_EQ(plain.warnings[0].find("s3cret"), std::string::npos);
  EXPECT_EQ(detail::effective_text(plain, program_).find("s3cret"), std::string::npos) << "shown as ***";
  EXPECT_TRUE(load(headers("${ERGON_TEST_KEY}")).warnings.empty());
}

TEST_F(LoadTasks, HaveExamplesThatReadWithoutErrors) {
  const std::string example = detail::example_text(tasks_[0], program_.registry);
  EXPECT_NE(example.find("# Worker processes"), std::string::npos) << example;
  load(example);
  EXPECT_EQ(errors_, Messages{}) << example;
}

}  // namespace
}  // namespace ergon::test
