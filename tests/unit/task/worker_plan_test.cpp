#include "task/worker_plan.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <ergon/connectors/jsonl.hpp>

#include "unit/task/fakes.hpp"

namespace ergon::test {
namespace {

using ergon::detail::ConnectorType;
using ergon::detail::ServiceType;

struct Bank : Service {
  struct Options {
    std::int64_t limit{10};
    ERGON_OPTIONS(Options, limit);
  };
  explicit Bank(Options /*options*/) {}
};
struct Clock : Service {};

class WorkerPlanTest : public ::testing::Test {
 protected:
  std::vector<std::string> errors_of(TaskConfig config) {
    config::ConfigErrors errors;
    plan_ = ergon::detail::make_plan(task_, std::move(config), {services_, connectors_}, errors);
    std::vector<std::string> messages;
    for (const auto& error : errors) messages.push_back(error.message());
    return messages;
  }

  ergon::detail::TaskType task_{"Items", {}, ergon::detail::task_roles<ScriptedTask>()};
  std::vector<ServiceType> services_{ergon::detail::part_type<Service, Bank>("bank"),
                                     ergon::detail::part_type<Service, Clock>("clock")};
  std::vector<ConnectorType> connectors_{ergon::detail::part_type<Connector, JsonlConnector>("jsonl")};
  ergon::detail::WorkerPlan plan_;
};

using Messages = std::vector<std::string>;

TEST_F(WorkerPlanTest, KnowsOptionsMadeInCodeByTheirType) {
  EXPECT_EQ(errors_of({.connectors = {{"items", JsonlConnector::Options{.path = "a.jsonl"}}}}), Messages{});
  EXPECT_EQ(plan_.connector.name, "items");
  EXPECT_EQ(plan_.connector.type->name, "jsonl");
  EXPECT_EQ(plan_.connector.options.get_if<JsonlConnector::Options>()->path, "a.jsonl");
}

TEST_F(WorkerPlanTest, MakesEveryServiceConfiguredOrNot) {
  EXPECT_EQ(errors_of({.connectors = {{"items", JsonlConnector::Options{.path = "a.jsonl"}}},
                       .services = {{"bank", Bank::Options{.limit = 7}}}}),
            Messages{});
  ASSERT_EQ(plan_.services.size(), 2U);
  EXPECT_EQ(plan_.services[0].options.get_if<Bank::Options>()->limit, 7);
  EXPECT_EQ(plan_.services[1].name, "clock");
}

TEST_F(WorkerPlanTest, WantsOneConnector) {
  EXPECT_EQ(errors_of({}),
            Messages{"tasks.Items.connectors: found no connector; allowed: one, NAME: {TYPE: {options}}, "
                     "with TYPE one of jsonl"});
  const JsonlConnector::Options options{.path = "a.jsonl"};
  EXPECT_EQ(errors_of({.connectors = {{"a", options}, {"b", options}}}),
            Messages{"tasks.Items.connectors: found more than one connector: a b; allowed: one, or "
                     "policies.consumer.fetch.connector with the name of one of them"});
}

TEST_F(WorkerPlanTest, TakesSeveralConnectorsAndTheNameOfTheSource) {
  const auto with_source = [](const char* name) {
    return TaskConfig{.connectors = {{"a", JsonlConnector::Options{.path = "a.jsonl"}},
                                     {"b", JsonlConnector::Options{.path = "b.jsonl"}},
                                     {"c", JsonlConnector::Options{.path = "c.jsonl"}}},
                      .policies = {.consumer = {.fetch = {.connector = name}}}};
  };
  EXPECT_EQ(errors_of(with_source("b")), Messages{});
  EXPECT_EQ(plan_.connector.name, "b");
  ASSERT_EQ(plan_.other_connectors.size(), 2U);
  EXPECT_EQ(plan_.other_connectors[0].name, "a");
  EXPECT_EQ(plan_.other_connectors[1].options.get_if<JsonlConnector::Options>()->path, "c.jsonl");
  EXPECT_EQ(errors_of(with_source("d")),
            Messages{"tasks.Items.policies.consumer.fetch.connector: found \"d\"; allowed: a, b, c"});
}

TEST_F(WorkerPlanTest, WantsRegisteredTypes) {
  EXPECT_EQ(
      errors_of({.connectors = {{"items", Bank::Options{}}}, .services = {{"bnk", Bank::Options{}}}}),
      (Messages{"tasks.Items.connectors.items: found a type that is not registered; allowed: jsonl",
                "tasks.Items.services.bnk: found a name that is not registered; allowed: bank, clock"}));
  EXPECT_EQ(errors_of({.connectors = {{"items", JsonlConnector::Options{}}},
                       .services = {{"clock", Bank::Options{}}}}),
            Messages{"tasks.Items.services.clock: found options of another type; allowed: those of clock"});
}

TEST_F(WorkerPlanTest, WantsOptionsOfTheTypeThatIsNamed) {
  EXPECT_EQ(errors_of({.connectors = {{"items", AnyOptions(Bank::Options{}, "jsonl")}}}),
            Messages{"tasks.Items.connectors.items: found options of another type; allowed: those of jsonl"});
  EXPECT_EQ(
      errors_of({.connectors = {{"i t", AnyOptions(Bank::Options{}, "json")}}}),
      Messages{"tasks.Items.connectors[\"i t\"].json: found a type that is not registered; allowed: jsonl"});
}

}  // namespace
}  // namespace ergon::test
