#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <ergon/testing/span_tree.hpp>
#include <ergon/testing/task_test.hpp>

#include "unit/task/fakes.hpp"
#include "unit/task/recorded_points.hpp"
#include "unit/task/wait_for_stop.hpp"

// What becomes of a consumer's transaction when its stages are tried again, by way of the test support.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using Notes = std::vector<std::string>;

RetryPolicy at_once(std::int64_t attempts) { return {.max_attempts = attempts, .backoff = 0ms, .jitter = 0}; }

// Does what a test says; notes how often it is called, and with what it fails.
struct Scripted : Consumer<Item> {
  using Script = std::function<void(const Transaction<Item>&)>;
  static inline Script process_script{};
  static inline Script success_script{};
  static inline Notes notes{};

  void process(const Transaction<Item>& transaction) override {
    notes.push_back("process " + std::to_string(transaction.attempt()));
    if (process_script) process_script(transaction);
  }
  void handle_success(const Transaction<Item>& transaction) override {
    notes.push_back("success " + std::to_string(transaction.attempt()));
    if (success_script) success_script(transaction);
  }
  void handle_exception(const Transaction<Item>& transaction, const TaskError& error) override {
    notes.push_back("exception " + std::to_string(transaction.attempt()) + " after " +
                    std::to_string(error.attempts) + ": " + error.message);
  }
};

class Retries : public ::testing::Test {
 protected:
  void SetUp() override { Scripted::notes.clear(); }
  void TearDown() override { Scripted::process_script = Scripted::success_script = {}; }

  template <class T = Scripted>
  static testing::TaskRun run(const ConsumerPolicy& consumer, std::chrono::milliseconds timeout = 60s) {
    return testing::run<T>({Item{1}},
                           {.policies = {.consumer = consumer, .transaction = {.timeout = timeout}}});
  }
};

// Fails in its first attempts.
auto failing_before(std::int64_t attempt) {
  return [attempt](const Transaction<Item>& transaction) {
    if (transaction.attempt() < attempt) throw SystemError("busy");
  };
}

TEST_F(Retries, AreMadeUntilItSucceeds) {
  Scripted::process_script = failing_before(3);
  const auto run = this->run({.process = {at_once(5)}});
  EXPECT_EQ(run.ok, 1U);
  EXPECT_EQ(Scripted::notes, (Notes{"process 1", "process 2", "process 3", "success 1"}));
}

TEST_F(Retries, AreNotMadeByDefault) {
  Scripted::process_script = failing_before(2);
  EXPECT_EQ(run({}).failed, 1U);
  EXPECT_EQ(Scripted::notes, (Notes{"process 1", "exception 1 after 1: busy"}));
}

TEST_F(Retries, AreAsManyAsThePolicySays) {
  Scripted::process_script = failing_before(9);
  const auto run = this->run({.process = {at_once(3)}});
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].attempts, 3);
  EXPECT_EQ(Scripted::notes, (Notes{"process 1", "process 2", "process 3", "exception 1 after 3: busy"}));
}

struct Hopeless : NonRetryable {
  using NonRetryable::NonRetryable;
};

TEST_F(Retries, AreNotMadeWhereTheyAreInVain) {
  Scripted::process_script = [](const Transaction<Item>&) { throw Hopeless("gone"); };
  EXPECT_FALSE(run({.process = {at_once(3)}}).errors.at(0).is_retryable);
  Scripted::process_script = [](const Transaction<Item>&) { throw BusinessError("negative"); };
  EXPECT_EQ(run({.process = {at_once(3)}}).failed, 1U);
  EXPECT_EQ(Scripted::notes,
            (Notes{"process 1", "exception 1 after 1: gone", "process 1", "exception 1 after 1: negative"}));
}

TEST_F(Retries, AreMadeOfBusinessErrorsIfAsked) {
  Scripted::process_script = [](const Transaction<Item>&) { throw BusinessError("negative"); };
  RetryPolicy stubborn = at_once(2);
  stubborn.business_errors = true;
  EXPECT_EQ(run({.process = {stubborn}}).failed, 1U);
  EXPECT_EQ(Scripted::notes, (Notes{"process 1", "process 2", "exception 1 after 2: negative"}));
}

TEST_F(Retries, AreNotMadeOfWhatCanNotBeDecoded) {
  const auto run = testing::run_json<Scripted>({"{"}, {.policies = {.consumer = {.process = {at_once(3)}}}});
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].attempts, 1);
  EXPECT_EQ(Scripted::notes, Notes{});
}

TEST_F(Retries, AreEachStagesOwn) {
  Scripted::success_script = failing_before(2);
  EXPECT_EQ(run({.process = {at_once(1)}, .success = {at_once(2)}}).ok, 1U);
  EXPECT_EQ(Scripted::notes, (Notes{"process 1", "success 1", "success 2"}));
}

TEST_F(Retries, DoNotOutliveTheTransactionsTime) {
  Scripted::process_script = failing_before(9);
  const RetryPolicy patient{.max_attempts = 3, .backoff = 1h, .backoff_cap = 1h};
  EXPECT_EQ(run({.process = {patient}}, 30min).failed, 1U);
  EXPECT_EQ(Scripted::notes, (Notes{"process 1", "exception 1 after 1: busy"}));
}

RetryPolicy for_a_millisecond() {
  RetryPolicy policy = at_once(1);
  policy.timeout = 1ms;
  return policy;
}

TEST_F(Retries, HaveADeadline) {
  std::chrono::steady_clock::duration left{};
  Scripted::process_script = [&](const Transaction<Item>& transaction) {
    left = transaction.deadline() - std::chrono::steady_clock::now();
  };
  EXPECT_EQ(run({}, 2h).ok, 1U);
  EXPECT_GT(left, 1h);
  EXPECT_LE(left, 2h);
  RetryPolicy shorter = at_once(1);
  shorter.timeout = 30min;
  EXPECT_EQ(run({.process = {shorter}}, 2h).ok, 1U);
  EXPECT_GT(left, 0min);
  EXPECT_LE(left, 30min);
}

TEST_F(Retries, AreAskedToStopAndWhatTheyThrowThenIsATimeout) {
  Scripted::process_script = [](const Transaction<Item>& transaction) {
    wait_for_stop(transaction.stop_token());
    throw SystemError("interrupted");
  };
  const auto run = this->run({.process = {for_a_millisecond()}});
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].kind, ErrorKind::timeout);
  EXPECT_EQ(run.errors[0].type, "ergon::SystemError");
}

TEST_F(Retries, ThatAreLateAndSucceedHaveSucceeded) {
  Scripted::process_script = [](const Transaction<Item>& transaction) {
    wait_for_stop(transaction.stop_token());
  };
  EXPECT_EQ(run({.process = {for_a_millisecond()}}).ok, 1U);
}

TEST_F(Retries, KeepTheKindOfBusinessErrorsThatAreLate) {
  Scripted::process_script = [](const Transaction<Item>& transaction) {
    wait_for_stop(transaction.stop_token());
    throw BusinessError("negative");
  };
  EXPECT_EQ(run({.process = {for_a_millisecond()}}).errors.at(0).kind, ErrorKind::business);
}

#if !defined(ERGON_TELEMETRY_OFF)

const testing::SpanTreeOptions kAttempts{
    .status = true, .attributes = {"ergon.attempt", "error.type", "ergon.overdue"}, .events = true};

TEST_F(Retries, AreSpansOfOneName) {
  Scripted::process_script = failing_before(3);
  EXPECT_TRUE(testing::compare_trees(run({.process = {at_once(3)}}).spans().tree(kAttempts), R"(
Scripted.transaction
  Scripted.process ERROR(busy) ergon.attempt=1 error.type=ergon::SystemError [exception]
  Scripted.process ERROR(busy) ergon.attempt=2 error.type=ergon::SystemError [exception]
  Scripted.process ergon.attempt=3
  Scripted.handle_success ergon.attempt=1
)"));
}

TEST_F(Retries, ThatAreLateAreMarkedAsOverdue) {
  Scripted::process_script = [](const Transaction<Item>& transaction) {
    wait_for_stop(transaction.stop_token());
    throw SystemError("interrupted");
  };
  EXPECT_TRUE(testing::compare_trees(run({.process = {for_a_millisecond()}}).spans().tree(kAttempts), R"(
Scripted.transaction ERROR(interrupted) error.type=timeout
  Scripted.process ERROR(interrupted) ergon.attempt=1 error.type=timeout ergon.overdue=true [exception]
  Scripted.handle_exception ergon.attempt=1
)"));
}

struct Repeated : Scripted {};

TEST_F(Retries, AreCounted) {
  Scripted::process_script = failing_before(3);
  const auto run = this->run<Repeated>({.process = {at_once(3)}});
  EXPECT_EQ(points_of(run, "consumer.lifecycle.outcome", "task=Repeated"),
            (Notes{"outcome=ok,stage=process,task=Repeated: 1", "outcome=ok,stage=success,task=Repeated: 1",
                   "outcome=retry,stage=process,task=Repeated: 2"}));
  EXPECT_EQ(points_of(run, "consumer.transactions.total", "task=Repeated"),
            Notes{"status=success,task=Repeated: 1"});
}

#endif

}  // namespace
}  // namespace ergon::test
