#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <ergon/connectors/jsonl.hpp>

#include "../../../examples/order_processor/order_processor.hpp"
#include "app/load_plan.hpp"
#include "source_folder.hpp"
#include "unit/connectors/temporary_file.hpp"

// The configuration files that users see first, read as the order processor would.
namespace ergon::test {
namespace {

namespace fs = std::filesystem;

struct Loaded {
  detail::WorkerPlan plan;
  std::string errors;
};

Loaded load(const std::string& file) {
  const std::vector<detail::TaskType> tasks{{"OrderProcessor", {}, detail::task_roles<OrderProcessor>()}};
  const std::vector<detail::ServiceType> services{detail::part_type<Service, PaymentService>("payments")};
  const std::vector<detail::ConnectorType> connectors{detail::part_type<Connector, JsonlConnector>("jsonl")};
  config::ConfigErrors errors;
  Loaded loaded{detail::load_plan(tasks[0], {tasks, {services, connectors}}, {.file = file}, errors), {}};
  for (const auto& error : errors) loaded.errors += error.message() + '\n';
  return loaded;
}

std::string readme_yaml() {
  std::ostringstream text;
  text << std::ifstream(fs::path(ERGON_SOURCE_DIR) / "README.md").rdbuf();
  const std::string readme = text.str();
  const std::string fence = "```yaml\n";
  const auto start = readme.find(fence);
  if (start == std::string::npos) return {};
  return readme.substr(start + fence.size(), readme.find("```", start + fence.size()) - start - fence.size());
}

const fs::path kFolder = fs::path(ERGON_SOURCE_DIR) / "examples" / "order_processor";

TEST(ExampleFiles, ReadWithoutErrors) {
  for (const char* name : {"orders.yaml", "orders_otlp.yaml"}) {
    const auto [plan, errors] = load(kFolder / name);
    EXPECT_EQ(errors, "") << name;
    EXPECT_EQ(plan.connector.name, "orders") << name;
    EXPECT_TRUE(plan.config.logging && plan.config.tracing) << name;
  }
}

// The README's has the same sections, with another path.
TEST(ExampleFiles, AreWhatTheReadmeShows) {
  const TemporaryFile file(readme_yaml());
  const auto readme = load(file.path());
  EXPECT_EQ(readme.errors, "");
  EXPECT_EQ(readme.plan.connector.name, "orders");
  EXPECT_TRUE(readme.plan.config.logging && readme.plan.config.metrics && readme.plan.config.tracing);
  EXPECT_EQ(readme.plan.config.policies.consumer.loop.concurrency, 4);
}

}  // namespace
}  // namespace ergon::test
