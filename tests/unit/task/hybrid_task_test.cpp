#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include <ergon/testing/span_tree.hpp>
#include <ergon/testing/task_test.hpp>

#include "unit/task/fakes.hpp"
#include "unit/task/outbox.hpp"
#include "unit/task/recorded_points.hpp"

// Tasks of each kind and of two, by way of the test support.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using Notes = std::vector<std::string>;

struct Receipt {
  std::string text;
};
ERGON_PAYLOAD(Receipt, text)

Notes g_notes;

// Consumes items, and produces receipts of its own accord.
class Relay : public Consumer<Item, std::int64_t>, public Producer<Receipt> {
 public:
  Relay() { g_notes.emplace_back("made"); }

  std::int64_t process(const Transaction<Item>& transaction) override { return transaction.payload().number; }
  void handle_success(const Transaction<Item>& /*transaction*/, const std::int64_t& result) override {
    g_notes.push_back("success " + std::to_string(result));
  }
  void exit() override { g_notes.emplace_back("exit"); }

 private:
  std::optional<Transaction<Receipt>> prepare() override {
    if (next_ == 3) return std::nullopt;
    ++next_;
    return Transaction<Receipt>("r-" + std::to_string(next_), {"paid"});
  }
  void handle_dispatched(const Transaction<Receipt>& transaction) override {
    g_notes.push_back("dispatched " + transaction.id());
  }

  int next_{0};
};

static_assert(std::is_same_v<Relay::PayloadType, Item> && std::is_same_v<Relay::ProducedType, Receipt>);
static_assert(ergon::detail::overrides_success<Relay>() && !ergon::detail::overrides_exception<Relay>());
static_assert(ergon::detail::overrides_dispatched<Relay>());  // in private
static_assert(!ergon::detail::overrides_dispatch_failed<Relay>());

struct Consuming : Consumer<Item> {
  void process(const Transaction<Item>& /*transaction*/) override {}
};
struct Endless : Producer<Item> {
  std::optional<Transaction<Item>> prepare() override { return Transaction<Item>("e-1"); }
};
struct Once : Task {
  void execute(TaskContext& /*context*/) override {}
};

TEST(TaskRoles, AreThoseThatTheClassHas) {
  const auto count = [](const ergon::detail::TaskRoles& roles) {
    return std::vector<bool>{roles.consumer.has_value(), roles.producer.has_value(), roles.plain.has_value()};
  };
  EXPECT_EQ(count(ergon::detail::task_roles<Relay>()), (std::vector<bool>{true, true, false}));
  EXPECT_EQ(count(ergon::detail::task_roles<Consuming>()), (std::vector<bool>{true, false, false}));
  EXPECT_EQ(count(ergon::detail::task_roles<Endless>()), (std::vector<bool>{false, true, false}));
  EXPECT_EQ(count(ergon::detail::task_roles<Once>()), (std::vector<bool>{false, false, true}));
}

class Hybrid : public ::testing::Test {
 protected:
  void SetUp() override { g_notes.clear(); }
};

TEST_F(Hybrid, Consumes) {
  EXPECT_EQ(testing::run<Relay>({Item{7}}).ok, 1U);
  EXPECT_EQ(g_notes, (Notes{"made", "success 7", "exit"}));
}

TEST_F(Hybrid, Produces) {
  const auto run = testing::produce<Relay>();
  EXPECT_EQ(run.ok, 3U);
  ASSERT_EQ(run.dispatched.size(), 3U);
  EXPECT_EQ(run.dispatched[0].id, "r-1");
  EXPECT_EQ(run.dispatched[0].payload, R"({"text":"paid"})");
  EXPECT_EQ(g_notes, (Notes{"made", "dispatched r-1", "dispatched r-2", "dispatched r-3", "exit"}));
}

TEST(Produce, EndsAtItsLimit) {
  const auto run = testing::produce<Endless>({.policies = {.producer = {.batch = {.size = 4}}}, .limit = 10});
  EXPECT_EQ(run.ok, 10U);
  EXPECT_EQ(run.dispatched.size(), 10U);
}

TEST(Produce, SendsOnToTheConnectorOfThePolicy) {
  Outbox outbox;
  outbox.refusals = 1;
  const auto run = testing::produce<Endless>(
      {.connectors = {{"out", outbox}}, .policies = {.producer = {.connector = "out"}}, .limit = 2});
  EXPECT_EQ(run.failed, 1U);
  ASSERT_EQ(run.errors.size(), 1U);
  EXPECT_EQ(run.errors[0].message, "the broker is away");
  EXPECT_EQ(run.errors[0].transaction_id, "e-1");
  EXPECT_EQ(run.dispatched.size(), 1U);
  EXPECT_EQ(outbox.sizes(), std::vector<std::size_t>{1});
}

struct Doomed : Producer<Item> {
  std::optional<Transaction<Item>> prepare() override { throw SystemError("no database"); }
};

TEST(Produce, EndsWhenNothingCanBePrepared) {
  const auto run = testing::produce<Doomed>();
  EXPECT_EQ(run.failed, 100U);
  EXPECT_EQ(run.errors.size(), 100U);
}

struct Flaky : Producer<Item> {
  std::optional<Transaction<Item>> prepare() override {
    if (++asked_ == 1) throw SystemError("busy");
    if (asked_ > 2) return std::nullopt;
    return Transaction<Item>("f-1");
  }
  int asked_{0};
};

TEST(Produce, TriesAgainAsThePolicySays) {
  const auto run =
      testing::produce<Flaky>({.policies = {.producer = {.prepare = {{.max_attempts = 2, .backoff = 0ms}}}}});
  EXPECT_EQ(run.ok, 1U);
  EXPECT_EQ(run.failed, 0U);
}

#if !defined(ERGON_TELEMETRY_OFF)

TEST_F(Hybrid, HasTheSpansOfEachOfItsKinds) {
  EXPECT_TRUE(testing::compare_trees(testing::run<Relay>({Item{7}}).spans().tree({.kinds = true}), R"(
Relay.transaction CONSUMER
  Relay.process INTERNAL
  Relay.handle_success INTERNAL
)"));
  EXPECT_TRUE(testing::compare_trees(testing::produce<Relay>({.limit = 1}).spans().tree({.kinds = true}), R"(
Relay.transaction PRODUCER
  Relay.prepare INTERNAL
  Relay.handle_dispatched INTERNAL
Relay.batch INTERNAL
  test.dispatch PRODUCER
)"));
}

struct OnlyProducing : Endless {};

TEST(Produce, HasNoMetricsOfConsumers) {
  const auto run = testing::produce<OnlyProducing>({.limit = 1});
  EXPECT_FALSE(metrics_of(run, "producer.", "OnlyProducing").empty());
  EXPECT_EQ(metrics_of(run, "consumer.", "OnlyProducing"), Notes{});
}

#endif

}  // namespace
}  // namespace ergon::test
