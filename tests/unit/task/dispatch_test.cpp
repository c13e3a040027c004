#include <gtest/gtest.h>

#include <functional>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include <ergon/task/dispatcher.hpp>
#include <ergon/telemetry/propagation.hpp>
#include <ergon/telemetry/session.hpp>
#include <ergon/testing/span_tree.hpp>
#include <ergon/testing/task_test.hpp>

#include "task/traced_dispatcher.hpp"
#include "unit/task/fakes.hpp"

// Tasks that send transactions on.
namespace ergon::test {
namespace {

struct NoSource : Connector {
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override { return {}; }
  void ack(const RawTransaction& /*transaction*/) override {}
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {}
};

struct Outbox : NoSource {
  void dispatch(const std::vector<RawTransaction>& transactions) override { calls.push_back(transactions); }
  std::vector<std::vector<RawTransaction>> calls;
};

struct BrokenOutbox : NoSource {
  void dispatch(const std::vector<RawTransaction>& transactions) override {
    if (transactions.front().id == "slow") throw TimeoutError("the broker is slow");
    throw SystemError("the broker is away");
  }
};

using Items = std::vector<Transaction<Item>>;

class Sender : public Consumer<Item> {
 public:
  using Script = std::function<void(const Dispatcher&, const Transaction<Item>&)>;
  static inline Script script{};

  explicit Sender(TaskContext& context) : out_(context.connector("out")) {}
  void process(const Transaction<Item>& transaction) override { script(out_, transaction); }

 private:
  const Dispatcher& out_;
};

class Dispatch : public ::testing::Test {
 protected:
  void TearDown() override { Sender::script = {}; }

  testing::TaskRun run(Connector& connector, Sender::Script script) {
    Sender::script = std::move(script);
    return testing::run<Sender>({Item{1}}, {.connectors = {{"out", connector}}});
  }

  Outbox outbox_;
};

TEST_F(Dispatch, HandsOverIdPayloadAndMetadata) {
  const auto run = this->run(outbox_, [](const Dispatcher& out, const Transaction<Item>&) {
    out.dispatch(Transaction<Item>("r-1", Item{7}, {{"key", "value"}}));
  });
  EXPECT_EQ(run.ok, 1U);
  ASSERT_EQ(outbox_.calls.size(), 1U);
  ASSERT_EQ(outbox_.calls[0].size(), 1U);
  const RawTransaction& sent = outbox_.calls[0][0];
  EXPECT_EQ(sent.id, "r-1");
  EXPECT_EQ(sent.payload, R"({"number":7})");
  EXPECT_EQ(sent.metadata.at("key"), "value");
  EXPECT_TRUE(std::regex_match(sent.metadata.at("ergon.enqueue_time"),
                               std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")))
      << sent.metadata.at("ergon.enqueue_time");
}

TEST_F(Dispatch, OfNothingIsNoCall) {
  const auto run =
      this->run(outbox_, [](const Dispatcher& out, const Transaction<Item>&) { out.dispatch(Items{}); });
  EXPECT_TRUE(outbox_.calls.empty());
  EXPECT_EQ(run.spans().find("out.dispatch"), nullptr);
}

TEST_F(Dispatch, ThrowsWhatTheConnectorThrows) {
  BrokenOutbox broken;
  std::string caught;
  const auto run = this->run(broken, [&](const Dispatcher& out, const Transaction<Item>& transaction) {
    try {
      out.dispatch(Transaction<Item>("slow"));
    } catch (const TimeoutError& error) {
      caught = error.what();
    }
    out.dispatch(Items{transaction, transaction});
  });
  EXPECT_EQ(caught, "the broker is slow");
  ASSERT_EQ(run.errors.size(), 1U);
  EXPECT_EQ(run.errors[0].message, "the broker is away");
}

TEST_F(Dispatch, IsRefusedByAConnectorThatIsASource) {
  NoSource source;
  const auto run = this->run(
      source, [](const Dispatcher& out, const Transaction<Item>& transaction) { out.dispatch(transaction); });
  ASSERT_EQ(run.errors.size(), 1U);
  EXPECT_EQ(run.errors[0].message, "this type of connector does not dispatch");
}

TEST_F(Dispatch, NamesTheConnectorsThatThereAre) {
  try {
    static_cast<void>(testing::run<Sender>({}, {.connectors = {{"receipts", outbox_}}}));
    FAIL() << "there is no 'out'";
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(), "there is no connector 'out'; there is 'receipts'");
  }
}

#if !defined(ERGON_TELEMETRY_OFF)

TEST_F(Dispatch, IsASpanThatGoesWithWhatIsSent) {
  const auto run = this->run(outbox_, [](const Dispatcher& out, const Transaction<Item>& transaction) {
    const auto scope = attach(Baggage().set("tenant", "acme"));
    out.dispatch(Items{transaction, transaction});
    out.dispatch(transaction);
  });
  EXPECT_TRUE(testing::compare_trees(
      run.spans().tree(
          {.kinds = true,
           .attributes = {"messaging.system", "messaging.destination.name", "messaging.operation.name",
                          "messaging.batch.message_count", "messaging.message.id"}}),
      R"(
Sender.transaction CONSUMER messaging.system=test messaging.destination.name=test messaging.operation.name=process messaging.message.id=1
  Sender.process INTERNAL
    out.dispatch PRODUCER messaging.system=test messaging.destination.name=out messaging.operation.name=dispatch messaging.batch.message_count=2
    out.dispatch PRODUCER messaging.system=test messaging.destination.name=out messaging.operation.name=dispatch messaging.message.id=1
)"));
  ASSERT_EQ(outbox_.calls.size(), 2U);
  std::vector<SpanId> spans;
  for (const auto& call : outbox_.calls) {
    for (const RawTransaction& sent : call) {
      const Context context = extract(sent.metadata, Context());
      spans.push_back(context.span_context().span_id);
      EXPECT_EQ(context.baggage().get("tenant"), "acme");
      EXPECT_EQ(context.span_context().trace_id, run.spans()[0].context.trace_id);
    }
  }
  EXPECT_EQ(spans[0], spans[1]);
  EXPECT_EQ(run.spans()[0].context.span_id, spans[0]);
  EXPECT_EQ(run.spans()[1].context.span_id, spans[2]);
}

TEST_F(Dispatch, CarriesATraceThatIsNotSampled) {
  const auto session = telemetry::start(
      {.tracing = TracingConfig{.sampler = AlwaysOff{},
                                .processors = {SimpleSpanProcessor{.exporter = ConsoleExporter{}}}}});
  const ergon::detail::TracedDispatcher dispatcher(outbox_, "out", "test", get_tracer("test"));
  static_cast<const Dispatcher&>(dispatcher).dispatch(Transaction<Item>("r-1"));
  const Context sent = extract(outbox_.calls.at(0).at(0).metadata, Context());
  EXPECT_TRUE(sent.span_context().is_valid());
  EXPECT_FALSE(sent.span_context().is_sampled());
}

// Metadata that came with what is sent on is the last sender's.
TEST_F(Dispatch, ReplacesTheHeadersOfAnEarlierSender) {
  const auto run = this->run(outbox_, [](const Dispatcher& out, const Transaction<Item>&) {
    out.dispatch(
        Transaction<Item>("r-1", {},
                          {{"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                           {"tracestate", "vendor=1"},
                           {"baggage", "tenant=acme"}}));
  });
  const Metadata& metadata = outbox_.calls.at(0).at(0).metadata;
  EXPECT_EQ(extract(metadata, Context()).span_context().span_id, run.spans()[0].context.span_id);
  EXPECT_FALSE(metadata.contains("tracestate"));
  EXPECT_FALSE(metadata.contains("baggage"));
}

TEST_F(Dispatch, ThatFailsIsMarkedAndLoggedByWhoHandlesIt) {
  BrokenOutbox broken;
  const auto run = this->run(broken, [](const Dispatcher& out, const Transaction<Item>&) {
    try {
      out.dispatch(Transaction<Item>("slow"));
    } catch (const TimeoutError&) {  // handled, and nothing to be logged
    }
    out.dispatch(Transaction<Item>("fast"));
  });
  EXPECT_TRUE(testing::compare_trees(
      run.spans().tree({.status = true, .attributes = {"error.type"}, .events = true}), R"(
Sender.transaction ERROR(the broker is away) error.type=ergon::SystemError
  Sender.process ERROR(the broker is away) error.type=ergon::SystemError [exception]
    out.dispatch ERROR(the broker is slow) error.type=timeout [exception]
    out.dispatch ERROR(the broker is away) error.type=ergon::SystemError [exception]
)"));
  EXPECT_EQ(run.logs().size(), 1U);
}

#endif

}  // namespace
}  // namespace ergon::test
