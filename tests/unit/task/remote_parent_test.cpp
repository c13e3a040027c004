#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ergon/telemetry/context.hpp>
#include <ergon/testing/span_tree.hpp>

#include "unit/task/worker_fixture.hpp"

#if !defined(ERGON_TELEMETRY_OFF)

// What a transaction does with the trace that its metadata names.
namespace ergon::test {
namespace {

using testing::RecordedSpan;
using testing::RecordedSpans;

constexpr const char* kTraceId = "0af7651916cd43dd8448eb211c80319c";
constexpr const char* kSpanId = "b7ad6b7169203331";

struct SentItems : NotedConnector {
  using NotedConnector::NotedConnector;
  std::vector<RawTransaction> fetch(std::size_t limit) override {
    auto batch = NotedConnector::fetch(limit);
    for (RawTransaction& one : batch) {
      if (one.id != "i-1") continue;  // the others were sent by nobody
      one.metadata = {{"Traceparent", std::string("00-") + kTraceId + "-" + kSpanId + "-01"},
                      {"tracestate", "vendor=1"},
                      {"baggage", "tenant=acme"}};
    }
    return batch;
  }
};

class RemoteParents : public WorkerTest {
 protected:
  RecordedSpans run(std::optional<TracingConfig> tracing) {
    const auto type = ergon::detail::part_type<Connector, SentItems>("sent");
    auto plan = this->plan({.count = 2});
    plan.connector.type = &type;
    plan.config.tracing = std::move(tracing);
    EXPECT_EQ(live(plan), "");
    return recorder_.stop().spans();
  }

  static const RecordedSpan& transaction(const RecordedSpans& spans, std::string_view id) {
    return *std::ranges::find_if(spans, [&](const RecordedSpan& span) {
      return span.name == "Items.transaction" && testing::find(span.attributes, "ergon.transaction.id") == id;
    });
  }

  static const RecordedSpan& process_below(const RecordedSpans& spans, const RecordedSpan& parent) {
    return *std::ranges::find(spans, parent.context.span_id, &RecordedSpan::parent_span_id);
  }
};

void expect_its_own_trace(const RecordedSpans& spans, const RecordedSpan& transaction) {
  EXPECT_FALSE(transaction.parent_span_id.is_valid());
  EXPECT_NE(transaction.context.trace_id.to_hex(), kTraceId);
  EXPECT_NE(transaction.context.trace_id, spans.find("Items.batch")->context.trace_id);
}

TEST_F(RemoteParents, AreParentsByDefault) {
  const auto spans = run(std::nullopt);
  const RecordedSpan& sent = transaction(spans, "i-1");
  EXPECT_EQ(sent.context.trace_id.to_hex(), kTraceId);
  EXPECT_EQ(sent.parent_span_id.to_hex(), kSpanId);
  EXPECT_EQ(sent.context.trace_state.get("vendor"), "1");
  EXPECT_EQ(process_below(spans, sent).context.trace_id, sent.context.trace_id);
  ASSERT_EQ(sent.links.size(), 1U);
  EXPECT_EQ(sent.links[0].context.span_id, spans.find("Items.batch")->context.span_id);
  expect_its_own_trace(spans, transaction(spans, "i-2"));
}

TEST_F(RemoteParents, AreLinkedToIfAsked) {
  const auto spans = run(TracingConfig{.remote_parent = RemoteParent::link});
  const RecordedSpan& sent = transaction(spans, "i-1");
  expect_its_own_trace(spans, sent);
  EXPECT_TRUE(sent.context.trace_state.is_empty());
  EXPECT_EQ(process_below(spans, sent).context.trace_id, sent.context.trace_id);
  ASSERT_EQ(sent.links.size(), 2U);
  EXPECT_EQ(sent.links[0].context.trace_id.to_hex(), kTraceId);
  EXPECT_EQ(sent.links[0].context.span_id.to_hex(), kSpanId);
  EXPECT_TRUE(sent.links[0].context.is_remote);
  EXPECT_EQ(sent.links[0].context.trace_state.get("vendor"), "1");
  EXPECT_EQ(sent.links[1].context.span_id, spans.find("Items.batch")->context.span_id);
  EXPECT_EQ(transaction(spans, "i-2").links.size(), 1U);
}

TEST_F(RemoteParents, GiveTheirBaggageToTheirTransactionAlone) {
  for (const RemoteParent mode : {RemoteParent::parent, RemoteParent::link}) {
    std::vector<std::string> tenants;
    ScriptedTask::script = [&](const Transaction<Item>&) {
      tenants.emplace_back(current_baggage().get("tenant"));
    };
    auto plan = this->plan({.count = 2});
    const auto type = ergon::detail::part_type<Connector, SentItems>("sent");
    plan.connector.type = &type;
    plan.config.tracing = TracingConfig{.remote_parent = mode};
    EXPECT_EQ(live(plan), "");
    EXPECT_EQ(tenants, (std::vector<std::string>{"acme", ""}));
  }
}

}  // namespace
}  // namespace ergon::test

#endif
