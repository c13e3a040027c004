#if !defined(ERGON_TELEMETRY_OFF)

#include "task/producer_telemetry.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <ergon/telemetry/propagation.hpp>
#include <ergon/testing/span_tree.hpp>

#include "unit/task/producer_stand.hpp"
#include "unit/task/recorded_points.hpp"

namespace ergon::test {
namespace {

using Notes = std::vector<std::string>;
using ProducerTelemetry = ProducerTest;

TEST_F(ProducerTelemetry, TracesTransactionsAndBatchesApart) {
  Maker::script = making(2);
  ProducerStand loop(noting_, outbox_, in_batches_of(2));
  EXPECT_FALSE(loop->run());
  EXPECT_TRUE(testing::compare_trees(
      recorder_.stop().spans().tree(
          {.kinds = true,
           .attributes = {"messaging.operation.name", "messaging.operation.type", "messaging.message.id",
                          "messaging.batch.message_count", "ergon.transaction.id", "ergon.attempt"}}),
      R"(
Maker.transaction PRODUCER messaging.operation.name=prepare messaging.operation.type=create messaging.message.id=m-1 ergon.transaction.id=m-1
  Maker.prepare INTERNAL ergon.attempt=1
  Maker.handle_dispatched INTERNAL ergon.attempt=1
Maker.transaction PRODUCER messaging.operation.name=prepare messaging.operation.type=create messaging.message.id=m-2 ergon.transaction.id=m-2
  Maker.prepare INTERNAL ergon.attempt=1
  Maker.handle_dispatched INTERNAL ergon.attempt=1
Maker.batch INTERNAL messaging.batch.message_count=2
  out.dispatch PRODUCER messaging.operation.name=dispatch messaging.operation.type=send messaging.batch.message_count=2 ergon.attempt=1
Maker.idle PRODUCER messaging.operation.name=prepare messaging.operation.type=create
  Maker.prepare INTERNAL ergon.attempt=1
)"));
}

TEST_F(ProducerTelemetry, HasHandlersSpansOnlyIfTheTaskOverridesThem) {
  Maker::script = making(1);
  EXPECT_FALSE(ProducerStand(maker_, outbox_, in_batches_of(1), 1)->run());
  const auto spans = recorder_.stop().spans();
  EXPECT_EQ(spans.tree(), "Maker.transaction\n  Maker.prepare\nMaker.batch\n  out.dispatch\n");
  EXPECT_EQ(testing::find(spans.find("out.dispatch")->attributes, "messaging.message.id"), "m-1");
}

TEST_F(ProducerTelemetry, SendsEachTransactionWithItsOwnContext) {
  Maker::script = making(2);
  ProducerStand loop(maker_, outbox_, in_batches_of(2), 2);
  {
    const auto scope = attach(Baggage().set("tenant", "acme"));
    EXPECT_FALSE(loop->run());
  }
  const auto spans = recorder_.stop().spans();
  const auto& sent = outbox_.calls.at(0);
  const auto& links = spans.find("out.dispatch")->links;
  ASSERT_EQ(links.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const auto& span = *std::ranges::find_if(spans, [&](const testing::RecordedSpan& one) {
      return testing::find(one.attributes, "ergon.transaction.id") == sent[i].id &&
             one.name == "Maker.transaction";
    });
    const Context context = extract(sent[i].metadata, Context());
    EXPECT_EQ(context.span_context().trace_id, span.context.trace_id);
    EXPECT_EQ(context.span_context().span_id, span.context.span_id);
    EXPECT_EQ(context.baggage().get("tenant"), "acme");
    EXPECT_FALSE(span.parent_span_id.is_valid());
    EXPECT_EQ(links[i].context.span_id, span.context.span_id);
    EXPECT_NE(spans.find("Maker.batch")->context.trace_id, span.context.trace_id);
  }
}

TEST_F(ProducerTelemetry, RecordsWhatFailed) {
  Maker::script = making(3, {1});
  outbox_.refusals = 2;
  Noting::fails_at = 3;
  ProducerStand loop(noting_, outbox_, in_batches_of(1, 2), 3);
  EXPECT_FALSE(loop->run());
  const auto recording = recorder_.stop();
  EXPECT_TRUE(testing::compare_trees(
      recording.spans().tree({.status = true, .attributes = {"ergon.attempt", "error.type"}, .events = true}),
      R"(
Maker.transaction ERROR(no database) error.type=ergon::SystemError
  Maker.prepare ERROR(no database) ergon.attempt=1 error.type=ergon::SystemError [exception]
Maker.transaction ERROR(the broker is away) error.type=ergon::SystemError
  Maker.prepare ergon.attempt=1
  Maker.handle_dispatch_failed ergon.attempt=1
Maker.batch ERROR(the broker is away) error.type=ergon::SystemError
  out.dispatch ERROR(the broker is away) ergon.attempt=1 error.type=ergon::SystemError [exception]
  out.dispatch ERROR(the broker is away) ergon.attempt=2 error.type=ergon::SystemError [exception]
Maker.transaction ERROR(can't mark it) error.type=ergon::SystemError
  Maker.prepare ergon.attempt=1
  Maker.handle_dispatched ERROR(can't mark it) ergon.attempt=1 error.type=ergon::SystemError [exception]
Maker.batch
  out.dispatch ergon.attempt=1
)"));
  EXPECT_EQ(recording.logs().size(), 4U);
}

TEST_F(ProducerTelemetry, IsCounted) {
  Maker::script = making(5, {2});
  outbox_.refusals = 2;  // of them one is tried again
  ProducerStand loop(noting_, outbox_, in_batches_of(2, 2), {}, "Counted producer");
  EXPECT_FALSE(loop->run());
  const auto run = recorder_.stop();
  const std::string task = "task=Counted producer";
  const Notes by_status{"error.type=ergon::SystemError,status=exception," + task + ": 2",
                        "status=success," + task + ": 3"};
  EXPECT_EQ(points_of(run, "producer.transactions.total", task), by_status);
  EXPECT_EQ(points_of(run, "producer.transactions.duration", task), by_status);
  EXPECT_EQ(points_of(run, "producer.batches.total", task), Notes{"streaming=false," + task + ": 3"});
  EXPECT_EQ(
      points_of(run, "producer.lifecycle.outcome", task),
      (Notes{"outcome=error,stage=dispatch," + task + ": 1", "outcome=error,stage=prepare," + task + ": 1",
             "outcome=ok,stage=dispatch," + task + ": 2", "outcome=ok,stage=exception," + task + ": 1",
             "outcome=ok,stage=prepare," + task + ": 5", "outcome=ok,stage=success," + task + ": 3",
             "outcome=retry,stage=dispatch," + task + ": 1"}));
  EXPECT_EQ(points_of(run, "producer.lifecycle.duration", task),
            (Notes{"stage=dispatch," + task + ": 4", "stage=exception," + task + ": 1",
                   "stage=prepare," + task + ": 6", "stage=success," + task + ": 3"}));
  EXPECT_EQ(points_of(run, "producer.transactions.in_flight", task), Notes{task + ": 0"});
  EXPECT_EQ(points_of(run, "producer.loop.slots", task), Notes{task + ": 0"});
  EXPECT_EQ(metrics_of(run, "consumer.", "Counted producer"), Notes{});
}

}  // namespace
}  // namespace ergon::test
#endif
