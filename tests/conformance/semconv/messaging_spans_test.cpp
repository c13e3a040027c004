// Semantic conventions v1.44.0, docs/messaging/messaging-spans.md: span kind and messaging attributes.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/testing/span_tree.hpp>

#include "task/worker.hpp"
#include "unit/connectors/temporary_file.hpp"
#include "unit/task/fakes.hpp"

namespace ergon::test {
namespace {

using testing::RecordedSpan;
using testing::RecordedSpans;

// A span as the convention sees it.
struct Operation {
  std::string type;
  bool is_batch;  // of messages, as a receive is; else of one
  bool has_failed;
};

enum class Presence : std::uint8_t { must, may, must_not };

Presence required(const Operation& /*operation*/) { return Presence::must; }
Presence if_applicable(const Operation& /*operation*/) { return Presence::may; }
Presence if_failed(const Operation& operation) {
  return operation.has_failed ? Presence::must : Presence::must_not;
}
// A batch that never came has no size.
Presence of_a_batch(const Operation& operation) {
  if (!operation.is_batch) return Presence::must_not;
  return operation.has_failed ? Presence::may : Presence::must;
}
// Recommended where there is one; all messages of these tests have it.
Presence of_a_message(const Operation& operation) {
  return operation.is_batch ? Presence::must_not : Presence::must;
}

bool is_text(std::string_view value) { return !value.empty(); }
bool is_number(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](unsigned char c) { return std::isdigit(c) != 0; });
}
bool is_true(std::string_view value) { return value == "true"; }
bool is_operation_type(std::string_view value) {
  constexpr std::array<std::string_view, 5> kTypes{"create", "send", "receive", "process", "settle"};
  return std::ranges::find(kTypes, value) != kTypes.end();
}

struct Rule {
  std::string_view key;
  Presence (*presence)(const Operation&);
  bool (*allows)(std::string_view value);
};

// Of all messaging spans; beside these, only attributes outside of `messaging.` are free.
constexpr std::array kConvention{
    Rule{"messaging.operation.name", &required, &is_text},
    Rule{"messaging.system", &required, &is_text},  // no well-known value fits our connectors
    Rule{"error.type", &if_failed, &is_text},
    Rule{"messaging.batch.message_count", &of_a_batch, &is_number},
    Rule{"messaging.consumer.group.name", &if_applicable, &is_text},
    Rule{"messaging.destination.anonymous", &if_applicable, &is_true},
    Rule{"messaging.destination.name", &required, &is_text},  // ours is the same for all messages of a batch
    Rule{"messaging.destination.subscription.name", &if_applicable, &is_text},
    Rule{"messaging.destination.template", &if_applicable, &is_text},
    Rule{"messaging.destination.temporary", &if_applicable, &is_true},
    Rule{"messaging.operation.type", &required, &is_operation_type},  // applicable to all of ours
    Rule{"messaging.client.id", &if_applicable, &is_text},
    Rule{"messaging.destination.partition.id", &if_applicable, &is_text},
    Rule{"messaging.message.conversation_id", &if_applicable, &is_text},
    Rule{"messaging.message.id", &of_a_message, &is_text},
    Rule{"messaging.message.body.size", &if_applicable, &is_number},
    Rule{"messaging.message.envelope.size", &if_applicable, &is_number},
};

std::vector<SpanKind> kinds_of(std::string_view operation_type) {
  if (operation_type == "create") return {SpanKind::producer};
  if (operation_type == "send") return {SpanKind::producer, SpanKind::client};
  if (operation_type == "process") return {SpanKind::consumer};
  return {SpanKind::client};  // receive and settle
}

void expect_conforming(const RecordedSpan& span) {
  SCOPED_TRACE(span.name);
  Operation operation{.type = std::string(testing::find(span.attributes, "messaging.operation.type")),
                      .is_batch = false,
                      .has_failed = span.status == StatusCode::error};
  operation.is_batch = operation.type == "receive";
  for (const Rule& rule : kConvention) {
    const auto is_it = [&](const auto& attribute) { return attribute.first == rule.key; };
    const auto count = std::ranges::count_if(span.attributes, is_it);
    const Presence presence = rule.presence(operation);
    EXPECT_LE(count, 1) << rule.key;
    EXPECT_TRUE(count == 1 || presence != Presence::must) << rule.key << " is missing";
    EXPECT_TRUE(count == 0 || presence != Presence::must_not) << rule.key << " is not for this span";
    if (count == 0) continue;
    const std::string_view value = testing::find(span.attributes, rule.key);
    EXPECT_TRUE(rule.allows(value)) << rule.key << " is " << value;
  }
  for (const auto& [key, value] : span.attributes) {
    EXPECT_TRUE(!key.starts_with("messaging.") ||
                std::ranges::find(kConvention, key, &Rule::key) != kConvention.end())
        << "the convention has no " << key;
  }
  const auto kinds = kinds_of(operation.type);
  EXPECT_NE(std::ranges::find(kinds, span.kind), kinds.end()) << "kind " << static_cast<int>(span.kind);
}

// Checks every span about messages, and that the others say nothing of them; answers how many there were.
int expect_all_conforming(const RecordedSpans& spans) {
  int checked = 0;
  for (const RecordedSpan& span : spans) {
    const bool is_about_messages = span.name.ends_with(".fetch") || span.name.ends_with(".ack") ||
                                   span.name.ends_with(".nack") || span.name.ends_with(".transaction");
    if (is_about_messages) {
      expect_conforming(span);
      ++checked;
      continue;
    }
    for (const auto& [key, value] : span.attributes) {
      const bool is_size_of_batch = span.name == "Items.batch" && key == "messaging.batch.message_count";
      EXPECT_TRUE(!key.starts_with("messaging.") || is_size_of_batch) << span.name << " has " << key;
    }
  }
  return checked;
}

// What a real worker records from its start to its end.
RecordedSpans run(const ergon::detail::ConnectorType& type, AnyOptions options,
                  const std::function<void(std::stop_source)>& before = {}) {
  testing::Recorder recorder;
  {
    const ergon::detail::StopSignals signals;
    if (before) before(signals.stop());
    ergon::detail::WorkerPlan plan{.task = "Items", .consumer = ergon::detail::consumer_type<ScriptedTask>()};
    plan.connector = {"source", &type, std::move(options)};
    static_cast<void>(ergon::detail::Worker(plan, {.task = "Items", .execution_id = "e-1"}, signals).live());
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
