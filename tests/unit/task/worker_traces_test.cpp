#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <thread>

#include <ergon/telemetry/context.hpp>

#include "unit/task/worker_fixture.hpp"

#if !defined(ERGON_TELEMETRY_OFF)

// What a worker's life leaves in its telemetry.
namespace ergon::test {
namespace {

class WorkerTraces : public WorkerTest {};

TEST_F(WorkerTraces, TracesItsLife) {
  EXPECT_EQ(live(plan({.count = 0})), "");
  EXPECT_EQ(recorder_.stop().spans().tree(),
            "Items.run\n  connectors.init\n  services.init\n  execute\n  exit\nItems.batch\n  list.fetch\n");
}

TEST_F(WorkerTraces, TracesTheStepThatFailed) {
  EXPECT_NE(live(plan({.fails_at = "connector.init"})), "");
  const auto recording = recorder_.stop();
  EXPECT_EQ(recording.spans().tree(), "Items.run\n  connectors.init\n  exit\n");
  EXPECT_EQ(recording.spans().find("connectors.init")->status, StatusCode::error);
  EXPECT_EQ(recording.spans().find("Items.run")->status, StatusCode::error);
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].message, "connectors.init failed: ergon::SystemError: connector.init broke");
}

void expect_failed(const testing::Recording& recording, std::string_view name, std::size_t events,
                   std::string_view type = "ergon::SystemError") {
  const auto* span = recording.spans().find(name);
  ASSERT_NE(span, nullptr) << name;
  EXPECT_EQ(span->status, StatusCode::error) << name;
  EXPECT_EQ(testing::find(span->attributes, "error.type"), type) << name;
  EXPECT_EQ(span->events.size(), events) << name;
}

// The event is on the span that caught it, the outcome on all above.
TEST_F(WorkerTraces, MarksItsLifeAsFailed) {
  const auto failing = ergon::detail::part_type<Connector, FailingFetch>("failing");
  auto plan = this->plan({}, {.fails_at = "service.exit"});
  plan.connector.type = &failing;
  EXPECT_EQ(live(plan), "connector 'list': broker is away");  // the first failure
  const auto recording = recorder_.stop();
  expect_failed(recording, "list.fetch", 1);
  expect_failed(recording, "Items.batch", 0);
  expect_failed(recording, "execute", 0);
  expect_failed(recording, "exit", 1);
  expect_failed(recording, "Items.run", 0);
  EXPECT_EQ(recording.spans().find("Items.run")->status_message, "connector 'list': broker is away");
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
  expect_failed(recorder_.stop(), "Items.run", 0, "int");
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
  std::map<std::string, int> roots;
  const auto recording = recorder_.stop();
  for (const auto& span : recording.spans()) {
    if (!span.parent_span_id.is_valid()) ++roots[span.name];
  }
  EXPECT_EQ(roots["Items.transaction"], 400);
  EXPECT_EQ(roots["Items.batch"], 40 + 4);
  EXPECT_EQ(roots["Items.run"], 1);
  EXPECT_EQ(roots.size(), 3U);
}

}  // namespace
}  // namespace ergon::test

#endif
