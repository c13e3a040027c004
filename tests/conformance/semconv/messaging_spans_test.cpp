// Semantic conventions v1.44.0, docs/messaging/messaging-spans.md: span kind and messaging attributes.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/testing/span_tree.hpp>

#include "conformance/semconv/messaging_convention.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/task/fakes.hpp"
#include "unit/task/worker_stand.hpp"

namespace ergon::test {
namespace {

// What a real worker records from its start to its end.
RecordedSpans run(const ergon::detail::ConnectorType& type, AnyOptions options,
                  const std::function<void(std::stop_source)>& before = {},
                  const ergon::detail::TaskRoles& roles = ergon::detail::task_roles<ScriptedTask>()) {
  testing::Recorder recorder;
  {
    const ergon::detail::StopSignals signals;
    if (before) before(signals.stop());
    ergon::detail::WorkerPlan plan{.task = "Items", .roles = roles};
    plan.connector = {"source", &type, std::move(options)};
    static_cast<void>(WorkerStand(plan, signals.stop()).live());
  }
  return recorder.stop().spans();
}

class MessagingSpans : public ::testing::Test {
 protected:
  void TearDown() override { ScriptedTask::script = {}; }

  static RecordedSpans run_jsonl(const TemporaryFile& file,
                                 const std::function<void(std::stop_source)>& before = {}) {
    const auto type = ergon::detail::part_type<Connector, JsonlConnector>("jsonl");
    return run(type, JsonlConnector::Options{.path = file.path()}, before);
  }
};

TEST_F(MessagingSpans, ConformWhateverBecomesOfATransaction) {
  ScriptedTask::script = [](const Transaction<Item>& transaction) {
    if (transaction.payload().number == 2) throw BusinessError("no twos");
    if (transaction.payload().number == 3) throw TimeoutError("too slow");
  };
  const TemporaryFile file("{\"number\": 1}\n{\"number\": 2}\n{\"number\": 3}\nno JSON\n");
  EXPECT_EQ(expect_all_conforming(run_jsonl(file)), 2 + 4 * 2);
}

TEST_F(MessagingSpans, ConformWhenTransactionsAreHandedBack) {
  const TemporaryFile file("{\"number\": 1}\n{\"number\": 2}\n");
  std::stop_source stop;
  ScriptedTask::script = [&](const Transaction<Item>& /*transaction*/) { stop.request_stop(); };
  const RecordedSpans spans = run_jsonl(file, [&](std::stop_source source) { stop = std::move(source); });
  EXPECT_EQ(expect_all_conforming(spans), 4);
  EXPECT_EQ(testing::find(spans.find("source.nack")->attributes, "ergon.requeue"), "true");
}

// Takes whatever is sent, or fails; fetches from where it is told.
struct Forwarding : ListConnector {
  static inline Journal journal{};
  Forwarding() : ListConnector(items(3), journal) {}
  void dispatch(const std::vector<RawTransaction>& transactions) override {
    if (transactions.front().id == "i-3") throw TimeoutError("the broker is slow");
  }
};

class Forwarder : public Consumer<Item> {
 public:
  explicit Forwarder(TaskContext& context) : out_(context.connector("source")) {}
  void process(const Transaction<Item>& item) override {
    item.payload().number == 2 ? out_.dispatch(std::vector{item, item}) : out_.dispatch(item);
  }

 private:
  const Dispatcher& out_;
};

// One, several, and one that fails.
TEST_F(MessagingSpans, ConformWhenTransactionsAreSentOn) {
  const auto type = ergon::detail::part_type<Connector, Forwarding>("forwarding");
  const RecordedSpans spans = run(type, {}, {}, ergon::detail::task_roles<Forwarder>());
  EXPECT_EQ(expect_all_conforming(spans), 2 + 3 * 3);
  EXPECT_EQ(spans.find("source.dispatch")->kind, SpanKind::producer) << "its context is the message's";
}

struct BrokenSettling : Connector {
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override {
    if (std::exchange(has_fetched_, true)) throw SystemError("broker is away");
    return items(2);
  }
  void ack(const RawTransaction& /*transaction*/) override { throw TimeoutError("the broker is slow"); }
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {
    throw SystemError("channel is dead");
  }

 private:
  bool has_fetched_{false};
};

TEST_F(MessagingSpans, ConformWhenTheConnectorFails) {
  ScriptedTask::script = [](const Transaction<Item>& transaction) {
    if (transaction.payload().number == 2) throw BusinessError("no twos");
  };
  const auto type = ergon::detail::part_type<Connector, BrokenSettling>("broken");
  const RecordedSpans spans = run(type, {});
  EXPECT_EQ(expect_all_conforming(spans), 2 + 2 * 2);
  EXPECT_TRUE(testing::compare_trees(
      spans.tree({.attributes = {"messaging.batch.message_count", "error.type"}, .merges_equal = true}), R"(
Items.batch error.type=ergon::SystemError
  source.fetch error.type=ergon::SystemError
Items.batch messaging.batch.message_count=2
  source.fetch messaging.batch.message_count=2
Items.run error.type=ergon::SystemError
  connectors.init
  execute error.type=ergon::SystemError
  exit
  services.init
Items.transaction error.type=ergon::BusinessError
  Items.process error.type=ergon::BusinessError
  source.nack error.type=ergon::SystemError
Items.transaction error.type=timeout
  Items.process
  source.ack error.type=timeout
)"));
}

// The system is the connector's type, the destination its name, the operation the connector's own word.
TEST_F(MessagingSpans, SayWhichMessageOfWhichSource) {
  ScriptedTask::script = [](const Transaction<Item>& transaction) {
    if (transaction.payload().number == 2) throw BusinessError("no twos");
  };
  const TemporaryFile file("{\"number\": 1}\n{\"number\": 2}\n");
  const std::string of_jsonl =
      " messaging.system=jsonl messaging.destination.name=source messaging.operation.";
  const auto id = [&](int line) {
    return " messaging.message.id=" + file.path() + ":" + std::to_string(line) + "\n";
  };
  const std::string tree = run_jsonl(file).tree(
      {.kinds = true,
       .attributes = {"messaging.system", "messaging.destination.name", "messaging.operation.name",
                      "messaging.operation.type", "messaging.batch.message_count", "messaging.message.id"}});
  const std::string transaction =
      "Items.transaction CONSUMER" + of_jsonl + "name=process messaging.operation.type=process";
  EXPECT_TRUE(testing::compare_trees(
      tree.substr(tree.find("Items.batch")),
      "Items.batch INTERNAL messaging.batch.message_count=2\n"
      "  source.fetch CLIENT" +
          of_jsonl + "name=fetch messaging.operation.type=receive messaging.batch.message_count=2\n" +
          transaction + id(1) + "  Items.process INTERNAL\n" + "  source.ack CLIENT" + of_jsonl +
          "name=ack messaging.operation.type=settle" + id(1) + transaction + id(2) +
          "  Items.process INTERNAL\n" + "  source.nack CLIENT" + of_jsonl +
          "name=nack messaging.operation.type=settle" + id(2) +
          "Items.batch INTERNAL messaging.batch.message_count=0\n"
          "  source.fetch CLIENT" +
          of_jsonl + "name=fetch messaging.operation.type=receive messaging.batch.message_count=0\n"));
}

struct Nameless : Connector {
  std::vector<RawTransaction> fetch(std::size_t /*limit*/) override {
    if (std::exchange(has_fetched_, true)) return {};
    return {{.payload = "{\"number\": 1}"}};
  }
  void ack(const RawTransaction& /*transaction*/) override {}
  void nack(const RawTransaction& /*transaction*/, Requeue /*requeue*/) override {}

 private:
  bool has_fetched_{false};
};

TEST_F(MessagingSpans, HaveNoIdOfAMessageThatHasNone) {
  const auto type = ergon::detail::part_type<Connector, Nameless>("nameless");
  const RecordedSpans spans = run(type, {});
  for (const auto* name : {"Items.transaction", "source.ack"}) {
    EXPECT_EQ(std::ranges::count(spans.find(name)->attributes, "messaging.message.id",
                                 &testing::RecordedAttributes::value_type::first),
              0)
        << name;
  }
}

}  // namespace
}  // namespace ergon::test
