#include "app/load_plan.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include <ergon/connectors/jsonl.hpp>

#include "unit/connectors/temporary_file.hpp"
#include "unit/session/environment.hpp"
#include "unit/task/fakes.hpp"

namespace ergon::test {
namespace {

using ergon::detail::TaskType;
using ergon::detail::WorkerPlan;

struct Bank : Service {
  struct Options {
    std::int64_t limit{10};
    std::string name{"none"};
    ERGON_OPTIONS(Options, limit, name);
  };
  explicit Bank(const Options& /*options*/) {}
};

class LoadPlan : public ::testing::Test {
 protected:
  WorkerPlan load(const std::optional<std::string>& file) {
    errors_.clear();
    config::ConfigErrors errors;
    auto plan =
        ergon::detail::load_plan(tasks_[0], {tasks_, {services_, connectors_}}, {.file = file}, errors);
    for (const auto& error : errors) errors_.push_back(error.message());
    return plan;
  }
  WorkerPlan load_text(const std::string& yaml) {
    const TemporaryFile file(yaml);
    auto plan = load(file.path());
    for (auto& error : errors_) error.erase(0, file.path().size());  // what is left begins with the place
    return plan;
  }

  std::vector<std::string> errors_;
  std::vector<TaskType> tasks_{
      {"Items",
       {.connectors = {{"items",
                        JsonlConnector::Options{.path = "code.jsonl", .format = JsonlFormat::envelope}}},
        .services = {{"bank", Bank::Options{.limit = 7, .name = "code"}}}},
       ergon::detail::task_roles<ScriptedTask>()},
      {"Others", {}, ergon::detail::task_roles<ScriptedTask>()}};
  std::vector<ergon::detail::ServiceType> services_{ergon::detail::part_type<Service, Bank>("bank")};
  std::vector<ergon::detail::ConnectorType> connectors_{
      ergon::detail::part_type<Connector, JsonlConnector>("jsonl")};
};

using Messages = std::vector<std::string>;

TEST_F(LoadPlan, TakesTheConfigurationInCodeWithoutAFile) {
  const auto plan = load(std::nullopt);
  EXPECT_EQ(errors_, Messages{});
  EXPECT_EQ(plan.connector.options.get_if<JsonlConnector::Options>()->path, "code.jsonl");
}

TEST_F(LoadPlan, ReadsTheFileOverTheCode) {
  const auto plan = load_text(
      "tasks:\n"
      "  Items:\n"
      "    connectors: {items: {jsonl: {path: file.jsonl}}}\n"
      "    services: {bank: {limit: 8}}\n"
      "    policies: {consumer: {loop: {concurrency: 3}}}\n");
  EXPECT_EQ(errors_, Messages{});
  const auto& connector = *plan.connector.options.get_if<JsonlConnector::Options>();
  EXPECT_EQ(connector.path, "file.jsonl");
  EXPECT_EQ(connector.format, JsonlFormat::envelope);
  const auto& bank = *plan.services[0].options.get_if<Bank::Options>();
  EXPECT_EQ(bank.limit, 8);
  EXPECT_EQ(bank.name, "code");
  EXPECT_EQ(plan.config.policies.consumer.loop.concurrency, 3);
  EXPECT_EQ(plan.config.policies.consumer.fetch.batch.size, 100);
}

TEST_F(LoadPlan, TellsOfEverythingThatIsWrong) {
  load_text(
      "tasks:\n"
      "  Itms: {}\n"
      "  Items:\n"
      "    services: {bank: {limit: high}, clock: {}}\n"
      "    policies: {consumer: {loop: {concurency: 3}}}\n");
  ASSERT_EQ(errors_.size(), 4U);
  EXPECT_EQ(errors_[0],
            ":2:3: tasks.Itms: found an unknown task; allowed: Items, Others (did you mean Items?)");
  EXPECT_TRUE(errors_[1].starts_with(":4:30: tasks.Items.services.bank.limit: ")) << errors_[1];
  EXPECT_TRUE(errors_[2].starts_with(":4:37: tasks.Items.services.clock: ")) << errors_[2];
  EXPECT_TRUE(errors_[3].starts_with(":5:34: tasks.Items.policies.consumer.loop.concurency: ")) << errors_[3];
}

TEST_F(LoadPlan, TellsOfMismatchesTogetherWithTheRest) {
  tasks_[0].config.services.emplace("bnk", Bank::Options{});
  load_text(
      "tasks:\n"
      "  Items:\n"
      "    connectors: {a: {jsonl: {path: a}}, b: {jsonl: {pth: b}}}\n"
      "    policies: {consumer: {loop: {concurrency: 0}}}\n");
  ASSERT_EQ(errors_.size(), 5U);
  EXPECT_EQ(errors_[0], ":2:3: tasks.Items.services.bnk: found a name that is not registered; allowed: bank")
      << "in code alone: at the nearest key";
  EXPECT_EQ(errors_[1],
            ":3:5: tasks.Items.connectors: found more than one connector: a b; allowed: one, or "
            "policies.consumer.fetch.connector with the name of one of them");
  EXPECT_TRUE(errors_[2].starts_with(":3:45: tasks.Items.connectors.b.jsonl.path: found nothing"));
  EXPECT_TRUE(errors_[3].starts_with(":3:53: tasks.Items.connectors.b.jsonl.pth: found an unknown key"));
  EXPECT_TRUE(errors_[4].starts_with(":4:47: tasks.Items.policies.consumer.loop.concurrency: "));
}

TEST_F(LoadPlan, TellsOnceOfOneMistake) {
  load_text("tasks: {Items: {connectors: {items: {json: {path: a}}}}}");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_TRUE(errors_[0].starts_with(":1:38: tasks.Items.connectors.items.json: ")) << errors_[0];
  load_text("tasks: {Items: text}");
  EXPECT_EQ(errors_.size(), 1U);
}

TEST_F(LoadPlan, TellsWhereAConnectorIsMissing) {
  tasks_[0].config.connectors.clear();
  load_text("tasks:\n  Items: {workers: 1}\n");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_TRUE(errors_[0].starts_with(":2:3: tasks.Items.connectors: found no connector")) << errors_[0];
}

TEST_F(LoadPlan, TakesTheConnectorOfTheFileForThatOfTheCode) {
  const auto plan = load_text("tasks: {Items: {connectors: {other: {jsonl: {path: file.jsonl}}}}}");
  ASSERT_EQ(errors_, Messages{});
  EXPECT_EQ(plan.connector.name, "other");
  const auto& options = *plan.connector.options.get_if<JsonlConnector::Options>();
  EXPECT_EQ(options.path, "file.jsonl");
  EXPECT_EQ(options.format, JsonlFormat::plain) << "nothing is left of the other's options";
}

TEST_F(LoadPlan, AsksForWhatNeitherCodeNorFileGives) {
  auto plan = load_text("tasks: {Items: {connectors: {items: {jsonl: {format: plain}}}}}");
  ASSERT_EQ(errors_, Messages{}) << "the code gives the path";
  EXPECT_EQ(plan.connector.options.get_if<JsonlConnector::Options>()->path, "code.jsonl");
  load_text("tasks: {Items: {connectors: {items: {jsonl: {path: ''}}}}}");
  EXPECT_EQ(errors_, Messages{":1:52: tasks.Items.connectors.items.jsonl.path: found \"\"; allowed: a string "
                              "that is not empty"});
  tasks_[0].config.connectors = {{"items", JsonlConnector::Options{}}};
  load(std::nullopt);
  EXPECT_EQ(errors_,
            Messages{"tasks.Items.connectors.items.jsonl.path: found nothing; allowed: a string that "
                     "is not empty"});
  load_text("tasks: {Items: {connectors: {items: {jsonl: }}}}");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_TRUE(errors_[0].starts_with(":1:38: tasks.Items.connectors.items.jsonl.path: ")) << errors_[0];
}

TEST_F(LoadPlan, LetsTasksThatAreNotRunBeIncompleteInCode) {
  tasks_[1].config.connectors = {{"items", JsonlConnector::Options{}}};
  load(std::nullopt);
  EXPECT_EQ(errors_, Messages{});
  load_text("tasks: {Items: {workers: 1}}");
  EXPECT_EQ(errors_, Messages{});
  load_text("tasks: {Items: {workers: 1}, Others: {workers: 1}}");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_TRUE(errors_[0].starts_with(":1:30: tasks.Others.connectors.items.jsonl.path: ")) << errors_[0];
}

TEST_F(LoadPlan, PutsTheEnvironmentBetweenCodeAndFile) {
  const Variable name("OTEL_SERVICE_NAME", "env");
  const Variable attributes("OTEL_RESOURCE_ATTRIBUTES", "a=env,b=env,c=env,d=env");
  tasks_[0].config.resource.attributes = {
      {"service.name", "code"}, {"a", "code"}, {"b", "code"}, {"e", "code"}};
  tasks_[0].config.logging = LoggingConfig{.resource = {.attributes = {{"a", "code"}, {"e", "logs"}}}};
  tasks_[0].config.tracing = TracingConfig{};
  const auto in_code = load(std::nullopt).config;
  EXPECT_EQ(
      in_code.resource.attributes,
      (ResourceAttributes{
          {"service.name", "env"}, {"a", "env"}, {"b", "env"}, {"c", "env"}, {"d", "env"}, {"e", "code"}}));
  EXPECT_EQ(in_code.logging->resource.attributes, (ResourceAttributes{{"e", "logs"}}));

  const auto merged = load_text(
                          "tasks:\n"
                          "  Items:\n"
                          "    resource: {b: file, service.name: shop}\n"
                          "    logging: {resource: {c: file}}\n")
                          .config;
  EXPECT_EQ(errors_, Messages{});
  EXPECT_EQ(
      merged.resource.attributes,
      (ResourceAttributes{
          {"service.name", "shop"}, {"a", "env"}, {"b", "file"}, {"c", "env"}, {"d", "env"}, {"e", "code"}}));
  EXPECT_EQ(merged.logging->resource.attributes, (ResourceAttributes{{"c", "file"}, {"e", "logs"}}));
}

TEST_F(LoadPlan, PutsThePropagatorsOfTheEnvironmentBetweenCodeAndFile) {
  const auto first_of = [](const WorkerPlan& plan) {
    const auto& propagator = plan.config.propagator;
    return propagator && !propagator->composite.empty() ? propagator->composite[0] : Propagator(Custom());
  };
  tasks_[0].config.propagator = PropagatorConfig{{B3Single{}}};
  EXPECT_TRUE(first_of(load(std::nullopt)).holds<B3Single>());
  const Variable variable("OTEL_PROPAGATORS", "b3multi");
  EXPECT_TRUE(first_of(load(std::nullopt)).holds<B3Multi>());
  const auto from_file = load_text("tasks: {Items: {propagator: {composite: [{baggage: }]}}}\n");
  EXPECT_TRUE(first_of(from_file).holds<W3cBaggage>());
  EXPECT_EQ(errors_, Messages{});
}

TEST_F(LoadPlan, ChecksWhatWasMadeInCode) {
  tasks_[0].config.policies.consumer.loop.concurrency = 0;
  load(std::nullopt);
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_TRUE(errors_[0].starts_with("tasks.Items.policies.consumer.loop.concurrency: ")) << errors_[0];
}

TEST_F(LoadPlan, TellsOfAFileThatIsNotThere) {
  load("/nonexistent.yaml");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_TRUE(errors_[0].starts_with("/nonexistent.yaml: ")) << errors_[0];
}

TEST_F(LoadPlan, DoesNotCareForTasksThatAreNotRun) {
  load_text("tasks: {Others: {}}\n");
  EXPECT_EQ(errors_, Messages{});
}

// Of a tracing section that the file alone brings, too.
TEST_F(LoadPlan, TakesSamplerAndLimitsFromTheEnvironmentWhereTheFileLeavesThemOut) {
  const Variable sampler("OTEL_TRACES_SAMPLER", "always_off");
  const Variable events("OTEL_SPAN_EVENT_COUNT_LIMIT", "7");
  const auto out = load_text("tasks: {Items: {tracing: }}");
  ASSERT_EQ(errors_, Messages{});
  EXPECT_TRUE(out.config.tracing->sampler.holds<AlwaysOff>());
  EXPECT_EQ(out.config.tracing->limits.event_count_limit, 7);
  const auto in =
      load_text("tasks: {Items: {tracing: {sampler: {always_on: }, limits: {event_count_limit: 6}}}}");
  ASSERT_EQ(errors_, Messages{});
  EXPECT_TRUE(in.config.tracing->sampler.holds<AlwaysOn>());
  EXPECT_EQ(in.config.tracing->limits.event_count_limit, 6);
  tasks_[0].config.tracing = TracingConfig{.sampler = AlwaysOn{}};
  EXPECT_TRUE(load(std::nullopt).config.tracing->sampler.holds<AlwaysOff>());
}

TEST_F(LoadPlan, TakesWhatTheEnvironmentSaysOfMetricsWhereTheFileLeavesItOut) {
  const Variable interval("OTEL_METRIC_EXPORT_INTERVAL", "7");
  const Variable timeout("OTEL_METRIC_EXPORT_TIMEOUT", "8");
  const auto plan = load_text("tasks: {Items: {metrics: {readers: [{periodic: {interval: 5s}}]}}}");
  ASSERT_EQ(errors_, Messages{});
  const auto& reader = plan.config.metrics->readers.at(0).get<PeriodicReader>();
  EXPECT_EQ(reader.interval, std::chrono::seconds(5));
  EXPECT_EQ(reader.timeout, std::chrono::milliseconds(8));
}

TEST_F(LoadPlan, ReadsWhatBecomesOfRemoteParents) {
  const auto plan = load_text("tasks: {Items: {tracing: {remote_parent: link}}}");
  ASSERT_EQ(errors_, Messages{});
  EXPECT_EQ(plan.config.tracing->remote_parent, RemoteParent::link);
  load_text("tasks: {Items: {tracing: {remote_parent: child}}}");
  EXPECT_EQ(errors_,
            Messages{":1:42: tasks.Items.tracing.remote_parent: found child; allowed: one of parent, link"});
}

TEST_F(LoadPlan, ReadsSeveralConnectors) {
  const auto plan = load_text(
      "tasks:\n"
      "  Items:\n"
      "    connectors:\n"
      "      items: {jsonl: {path: a.jsonl}}\n"
      "      out: {jsonl: {path: b.jsonl, mode: append}}\n"
      "    policies: {consumer: {fetch: {connector: items}}}\n");
  ASSERT_EQ(errors_, Messages{});
  EXPECT_EQ(plan.connector.name, "items");
  ASSERT_EQ(plan.other_connectors.size(), 1U);
  EXPECT_EQ(plan.other_connectors[0].options.get_if<JsonlConnector::Options>()->mode, JsonlMode::append);
}

}  // namespace
}  // namespace ergon::test
