#include "task/consumer_loop.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/testing/recording.hpp>
#include <ergon/testing/span_tree.hpp>

#include "unit/task/fakes.hpp"

namespace ergon::test {
namespace {

using ergon::detail::ConnectorCalls;
using ergon::detail::ConsumerLoop;
using ergon::detail::TaskTelemetry;
using Notes = std::vector<std::string>;

// A loop over ScriptedTask and a connector, with all that it needs.
class Loop {
 public:
  Loop(Connector& connector, std::int64_t batch_size, Policies policies = {})
      : policies_(with_batch_size(std::move(policies), batch_size)),
        calls_(connector, telemetry_),
        budget_(policies_.consumer.loop.limit),
        loop_(telemetry_, type_, type_.make(context_), calls_, policies_,
              {watch_.add_slot(), cell_, budget_, stop_.get_token()}) {}

  std::optional<TaskError> run() { return loop_.run(); }
  [[nodiscard]] ergon::detail::Tally tally() const { return cell_.tally(); }
  void stop() { stop_.request_stop(); }

 private:
  static Policies with_batch_size(Policies policies, std::int64_t size) {
    policies.consumer.fetch.batch.size = size;
    return policies;
  }

  Policies policies_;
  std::stop_source stop_;
  ergon::detail::AttemptWatch watch_{{}};
  ergon::detail::LoopCell cell_;
  TaskContext context_{{.task = "Items"}};
  TaskTelemetry telemetry_{{.task = "Items", .connector = "list", .messaging_system = "list"}};
  ergon::detail::ConsumerType type_ = ergon::detail::consumer_type<ScriptedTask>();
  ConnectorCalls calls_;
  ergon::detail::WorkBudget budget_;
  ConsumerLoop loop_;
};

class ConsumerLoopTest : public ::testing::Test {
 protected:
  void TearDown() override { ScriptedTask::script = {}; }

  testing::Recorder recorder_;
  Journal journal_;
};

TEST_F(ConsumerLoopTest, SettlesEachTransactionInOrderAndEndsAtAnEmptyFetch) {
  ScriptedTask::script = [](const Transaction<Item>& transaction) {
    if (transaction.payload().number == 2) throw BusinessError("no twos");
  };
  auto list = items(4);
  list[3].payload = "{";
  list.push_back({.id = "i-5", .line = 5, .defect = "the line is empty"});
  ListConnector connector(list, journal_);
  Loop loop(connector, 2);
  EXPECT_FALSE(loop.run());
  EXPECT_EQ(journal_.notes(), (Notes{"ack i-1", "nack i-2", "ack i-3", "nack i-4", "nack i-5"}));
  EXPECT_EQ(loop.tally().ok, 2U);
  EXPECT_EQ(loop.tally().failed, 3U);
}

TEST_F(ConsumerLoopTest, HandsBackTheRestOfTheBatchWhenStopped) {
  ListConnector connector(items(5), journal_);
  Loop loop(connector, 3);
  ScriptedTask::script = [&](const Transaction<Item>& transaction) {
    if (transaction.payload().number == 2) loop.stop();
  };
  EXPECT_FALSE(loop.run());
  EXPECT_EQ(journal_.notes(), (Notes{"ack i-1", "ack i-2", "requeue i-3"}));
  EXPECT_EQ(loop.tally().ok, 2U);
}

TEST_F(ConsumerLoopTest, DoesNotFetchOnceStopped) {
  ListConnector connector(items(5), journal_);
  Loop loop(connector, 3);
  loop.stop();
  EXPECT_FALSE(loop.run());
  EXPECT_EQ(journal_.notes(), Notes{});
  EXPECT_EQ(connector.fetch(9).size(), 5U);
}

struct BrokenFetch : ListConnector {
  using ListConnector::ListConnector;
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { throw SystemError("broker is away"); }
};

TEST_F(ConsumerLoopTest, EndsWithTheErrorOfAFetch) {
  BrokenFetch connector({}, journal_);
  Loop loop(connector, 3);
  const auto failure = loop.run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->type, "ergon::SystemError");
  EXPECT_EQ(failure->message, "connector 'list': broker is away");
}

struct BrokenAck : ListConnector {
  using ListConnector::ListConnector;
  void ack(const RawTransaction& /*transaction*/) override { throw SystemError("channel is dead"); }
};

TEST_F(ConsumerLoopTest, CountsWhatWasNotAcknowledgedAsHandedBack) {
  BrokenAck connector(items(2), journal_);
  Loop loop(connector, 3);
  EXPECT_FALSE(loop.run());
  EXPECT_EQ(loop.tally().ok, 0U);
  EXPECT_EQ(loop.tally().failed, 0U);
  EXPECT_EQ(loop.tally().handed_back, 2U);
}

struct BrokenNack : ListConnector {
  using ListConnector::ListConnector;
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override { throw 17; }
};

TEST_F(ConsumerLoopTest, GoesOnWhenANackFails) {
  ScriptedTask::script = [](const Transaction<Item>& /*transaction*/) { throw BusinessError("none"); };
  BrokenNack connector(items(2), journal_);
  Loop loop(connector, 1);
  EXPECT_FALSE(loop.run());
  EXPECT_EQ(loop.tally().failed, 2U);
}

#if !defined(ERGON_TELEMETRY_OFF)

TEST_F(ConsumerLoopTest, TracesBatchesAndTransactionsApart) {
  ScriptedTask::script = [](const Transaction<Item>& transaction) {
    if (transaction.payload().number == 2) throw BusinessError("no twos");
  };
  ListConnector connector(items(2), journal_);
  Loop loop(connector, 2);
  EXPECT_FALSE(loop.run());
  EXPECT_EQ(recorder_.stop().spans().tree(),
            "Items.batch\n  list.fetch\n"
            "Items.transaction\n  Items.process\n  list.ack\n"
            "Items.transaction\n  Items.process\n  list.nack\n"
            "Items.batch\n  list.fetch\n");
}

TEST_F(ConsumerLoopTest, LinksTransactionsToTheirBatch) {
  auto list = items(1);
  list[0].line = 7;
  ListConnector connector(list, journal_);
  Loop loop(connector, 2);
  EXPECT_FALSE(loop.run());
  const auto spans = recorder_.stop().spans();
  const auto& batch = *spans.find("Items.batch");
  const auto& transaction = *spans.find("Items.transaction");
  EXPECT_FALSE(batch.parent_span_id.is_valid());
  EXPECT_TRUE(batch.links.empty());
  EXPECT_EQ(testing::find(batch.attributes, "messaging.batch.message_count"), "1");
  ASSERT_EQ(transaction.links.size(), 1U);
  EXPECT_EQ(transaction.links[0].context.span_id, batch.context.span_id);
  EXPECT_EQ(transaction.links[0].context.trace_id, batch.context.trace_id);
  EXPECT_NE(transaction.context.trace_id, batch.context.trace_id);
  EXPECT_EQ(testing::find(transaction.attributes, "ergon.transaction.line"), "7");
  EXPECT_EQ(spans.find("list.fetch")->kind, SpanKind::client);
  EXPECT_EQ(spans.find("list.ack")->kind, SpanKind::client);
}

TEST_F(ConsumerLoopTest, LogsTheLineOfWhatCanNotBeDecoded) {
  ListConnector connector({{.id = "items.jsonl:9", .line = 9, .defect = "the line is empty"}}, journal_);
  Loop loop(connector, 2);
  EXPECT_FALSE(loop.run());
  const auto recording = recorder_.stop();
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].message, "Items.process failed: ergon::DecodeError: the line is empty");
  EXPECT_EQ(testing::find(recording.logs()[0].attributes, "ergon.transaction.line"), "9");
}

TEST_F(ConsumerLoopTest, RecordsWhatTheConnectorThrows) {
  BrokenFetch fetch({}, journal_);
  EXPECT_TRUE(Loop(fetch, 1).run());
  BrokenAck ack(items(1), journal_);
  EXPECT_FALSE(Loop(ack, 1).run());
  const auto recording = recorder_.stop();
  const testing::SpanTreeOptions failures{.status = true, .attributes = {"error.type"}, .events = true};
  EXPECT_TRUE(testing::compare_trees(recording.spans().tree(failures), R"(
Items.batch ERROR(broker is away) error.type=ergon::SystemError
  list.fetch ERROR(broker is away) error.type=ergon::SystemError [exception]
Items.batch
  list.fetch
Items.transaction ERROR(channel is dead) error.type=ergon::SystemError
  Items.process
  list.ack ERROR(channel is dead) error.type=ergon::SystemError [exception]
Items.batch
  list.fetch
)"));
  EXPECT_EQ(recording.logs().size(), 2U);
}

struct SlowAck : ListConnector {
  using ListConnector::ListConnector;
  void ack(const RawTransaction& /*transaction*/) override { throw TimeoutError("the broker is slow"); }
};

// The source delivers it again, whatever the acknowledgement failed of.
TEST_F(ConsumerLoopTest, CountsWorkThatWasNotAcknowledgedAsRedelivered) {
  SlowAck connector(items(3), journal_);
  EXPECT_FALSE(Loop(connector, 3).run());
  std::uint64_t redelivered = 0;
  const auto recording = recorder_.stop();
  for (const auto& point : recording.points()) {
    if (point.name != "consumer.transactions.total") continue;
    if (testing::find(point.attributes, "status") == "redeliver") {
      EXPECT_EQ(testing::find(point.attributes, "error.type"), "timeout");
      redelivered += static_cast<std::uint64_t>(point.value);
    }
  }
  EXPECT_EQ(redelivered, 3U);
}

TEST_F(ConsumerLoopTest, CountsFetchesAndBatches) {
  ListConnector connector(items(5), journal_);
  Loop loop(connector, 2);
  EXPECT_FALSE(loop.run());
  bool has_batch_size = false;
  const auto recording = recorder_.stop();
  for (const auto& point : recording.points()) {
    if (point.name != "consumer.fetch.batch_size") continue;
    has_batch_size = true;
    EXPECT_EQ(testing::find(point.attributes, "task"), "Items");
    EXPECT_EQ(testing::find(point.attributes, "connector"), "list");
    EXPECT_EQ(testing::find(point.attributes, "success"), "true");
    EXPECT_EQ(point.unit, "{transaction}");
  }
  EXPECT_TRUE(has_batch_size);
  for (const auto* name : {"consumer.fetch.total", "consumer.fetch.duration", "consumer.batches.total"}) {
    EXPECT_TRUE(std::ranges::any_of(recording.points(), [&](const auto& point) {
      return point.name == name;
    })) << name;
  }
}

std::vector<testing::RecordedPoint> points_of(const testing::Recording& recording, std::string_view name) {
  std::vector<testing::RecordedPoint> points = recording.points();
  std::erase_if(points, [&](const auto& point) { return point.name != name; });
  return points;
}

TEST_F(ConsumerLoopTest, LeavesNothingInFlightAndNoSlot) {
  ListConnector connector(items(3), journal_);
  Loop loop(connector, 2);
  ScriptedTask::script = [](const Transaction<Item>& transaction) {
    if (transaction.payload().number == 2) throw BusinessError("no twos");
  };
  EXPECT_FALSE(loop.run());
  const auto recording = recorder_.stop();
  for (const auto* name : {"consumer.transactions.in_flight", "consumer.loop.slots"}) {
    for (const auto& point : points_of(recording, name)) EXPECT_EQ(point.value, 0) << name;
  }
}

TEST_F(ConsumerLoopTest, MeasuresTimeInQueueOfWhatSaysWhenItWasSent) {
  auto list = items(3);
  list[0].metadata["ergon.enqueue_time"] = "2026-01-01T00:00:00.000Z";
  list[2].metadata["ergon.enqueue_time"] = "in the morning";
  ListConnector connector(list, journal_);
  EXPECT_FALSE(Loop(connector, 3).run());
  const auto points = points_of(recorder_.stop(), "consumer.transactions.queue_time");
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].count, 1U);
  EXPECT_EQ(testing::find(points[0].attributes, "task"), "Items");
}

#endif

}  // namespace
}  // namespace ergon::test
