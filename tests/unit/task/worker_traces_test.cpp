#include <gtest/gtest.h>

#include <string>
#include <thread>

#include <ergon/telemetry/context.hpp>
#include <ergon/testing/span_tree.hpp>

#include "unit/task/worker_fixture.hpp"

#if !defined(ERGON_TELEMETRY_OFF)

// What a worker's life leaves in its telemetry.
namespace ergon::test {
namespace {

using testing::compare_trees;

class WorkerTraces : public WorkerTest {};

TEST_F(WorkerTraces, TracesItsLife) {
  EXPECT_EQ(live(plan({.count = 0})), "");
  EXPECT_EQ(recorder_.stop().spans().tree(),
            "Items.run\n  connectors.init\n  services.init\n  execute\n  exit\nItems.batch\n  list.fetch\n");
}

TEST_F(WorkerTraces, TracesTheStepThatFailed) {
  EXPECT_NE(live(plan({.fails_at = "connector.init"})), "");
  const auto recording = recorder_.stop();
  EXPECT_TRUE(compare_trees(recording.spans().tree({.status = true}), R"(
Items.run ERROR(connector 'list': connector.init broke)
  connectors.init ERROR(connector.init broke)
  exit
)"));
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].message, "connectors.init failed: ergon::SystemError: connector.init broke");
}

const testing::SpanTreeOptions kFailures{.status = true, .attributes = {"error.type"}, .events = true};

// The event is on the span that caught it, the outcome on all above.
TEST_F(WorkerTraces, MarksItsLifeAsFailed) {
  const auto failing = ergon::detail::part_type<Connector, FailingFetch>("failing");
  auto plan = this->plan({}, {.fails_at = "service.exit"});
  plan.connector.type = &failing;
  EXPECT_EQ(live(plan), "connector 'list': broker is away");  // the first failure
  EXPECT_TRUE(compare_trees(recorder_.stop().spans().tree(kFailures), R"(
Items.run ERROR(connector 'list': broker is away) error.type=ergon::SystemError
  connectors.init
  services.init
  execute ERROR(connector 'list': broker is away) error.type=ergon::SystemError
  exit ERROR(service.exit broke) error.type=ergon::SystemError [exception]
Items.batch ERROR(broker is away) error.type=ergon::SystemError
  list.fetch ERROR(broker is away) error.type=ergon::SystemError [exception]
)"));
}

struct NumberThrowingFetch : NotedConnector {
  using NotedConnector::NotedConnector;
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { throw 17; }
};

TEST_F(WorkerTraces, NamesTheTypeOfWhatIsNoException) {
  const auto failing = ergon::detail::part_type<Connector, NumberThrowingFetch>("failing");
  auto plan = this->plan();
  plan.connector.type = &failing;
  EXPECT_EQ(live(plan), "connector 'list': int");
  EXPECT_TRUE(recorder_.stop().spans().tree(kFailures).starts_with(
      "Items.run ERROR(connector 'list': int) error.type=int\n"));
}

TEST_F(WorkerTraces, HandsItsContextToItsThreads) {
  std::string tenant;
  std::thread::id thread;
  ScriptedTask::script = [&](const Transaction<Item>&) {
    tenant = current_baggage().get("tenant");
    thread = std::this_thread::get_id();
  };
  const auto scope = attach(Baggage().set("tenant", "acme"));
  EXPECT_EQ(live(plan({.count = 1})), "");
  EXPECT_EQ(tenant, "acme");
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(WorkerTraces, KeepsTheSpansOfItsThreadsApart) {
  auto plan = this->plan({.count = 400});
  plan.config.policies.consumer = {.loop = {.concurrency = 4}, .fetch = {.batch = {.size = 10}}};
  EXPECT_EQ(live(plan), "");
  EXPECT_TRUE(compare_trees(recorder_.stop().spans().tree({.merges_equal = true}), R"(
Items.batch x44
  list.fetch
Items.run
  connectors.init
  execute
  exit
  services.init
Items.transaction x400
  Items.process
  list.ack
)"));
}

}  // namespace
}  // namespace ergon::test

#endif
