#include <gtest/gtest.h>

#include <string>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/testing/span_tree.hpp>

#include "unit/connectors/temporary_file.hpp"
#include "unit/task/worker_fixture.hpp"

// A worker with more than one connector.
namespace ergon::test {
namespace {

struct Named : NotedConnector {
  explicit Named(const Options& options) : NotedConnector(options), name_(options.fails_at) {}
  void init() override { g_journal->note(name_ + ".init"); }
  void exit() override { g_journal->note(name_ + ".exit"); }

 private:
  std::string name_;
};

// Sends on what it gets.
class Forwarder : public Consumer<Item> {
 public:
  explicit Forwarder(TaskContext& context) : out_(context.connector("out")) {}
  void process(const Transaction<Item>& item) override { out_.dispatch(item); }

 private:
  const Dispatcher& out_;
};

class Connectors : public WorkerTest {
 protected:
  ergon::detail::ConnectorType jsonl_ = ergon::detail::part_type<Connector, JsonlConnector>("jsonl");
};

TEST_F(Connectors, AreOpenedInOrderAndClosedInReverse) {
  const auto type = ergon::detail::part_type<Connector, Named>("named");
  auto plan = this->plan({.count = 0});
  plan.connector = {"in", &type, NotedConnector::Options{.count = 0, .fails_at = "in"}};
  plan.other_connectors.push_back({"out", &type, NotedConnector::Options{.count = 0, .fails_at = "out"}});
  EXPECT_EQ(live(plan), "");
  EXPECT_EQ(journal_.notes(), (Notes{"in.init", "out.init", "service of Items", "service.init", "task",
                                     "task.exit", "service.exit", "out.exit", "in.exit"}));
}

TEST_F(Connectors, ThatFailToOpenAreNamedAndTheOthersClosed) {
  const auto type = ergon::detail::part_type<Connector, Named>("named");
  auto plan = this->plan();
  plan.connector = {"in", &type, NotedConnector::Options{.fails_at = "in"}};
  plan.other_connectors.push_back(
      {"out", &jsonl_,
       JsonlConnector::Options{.path = "no/such/folder/out.jsonl", .mode = JsonlMode::append}});
  EXPECT_EQ(live(plan), "connector 'out': cannot open no/such/folder/out.jsonl: No such file or directory");
  EXPECT_EQ(journal_.notes(), (Notes{"in.init", "in.exit"}));
}

// From file to file, and the trace with it.
TEST_F(Connectors, CarryATraceFromTaskToTask) {
  const TemporaryFile file("");
  auto first = plan({.count = 2});
  first.roles = ergon::detail::task_roles<Forwarder>();
  first.other_connectors.push_back(
      {"out", &jsonl_, JsonlConnector::Options{.path = file.path(), .mode = JsonlMode::append}});
  EXPECT_EQ(live(first), "");
  EXPECT_EQ(tally_.ok, 2U);

  auto second = plan();
  second.task = "Seconds";
  std::vector<std::int64_t> numbers;
  ScriptedTask::script = [&](const Transaction<Item>& item) { numbers.push_back(item.payload().number); };
  second.connector = {"in", &jsonl_,
                      JsonlConnector::Options{.path = file.path(), .format = JsonlFormat::envelope}};
  EXPECT_EQ(live(second), "");
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, 2}));
#if !defined(ERGON_TELEMETRY_OFF)
  const std::string tree = recorder_.stop().spans().tree({.merges_equal = true});
  EXPECT_NE(tree.find(R"(
Items.transaction x2
  Items.process
    out.dispatch
      Seconds.transaction
        Seconds.process
        in.ack
  list.ack
)"),
            std::string::npos)
      << tree;
#endif
}

}  // namespace
}  // namespace ergon::test
