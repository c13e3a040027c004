#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <ergon/telemetry/tracer.hpp>
#include <ergon/testing/span_tree.hpp>
#include <ergon/testing/task_test.hpp>

#include "unit/task/fakes.hpp"
#include "unit/task/recorded_points.hpp"

// What one transaction does and leaves behind, by way of the test support.
namespace ergon::test {
namespace {

using Notes = std::vector<std::string>;
using testing::compare_trees;

// Negative numbers are refused, zero times out, 13 is a foreign error.
std::int64_t halve(const Transaction<Item>& transaction) {
  const auto number = transaction.payload().number;
  if (number < 0) throw BusinessError("negative");
  if (number == 0) throw TimeoutError("too slow");
  if (number == 13) throw std::out_of_range("thirteen");
  return number / 2;
}

struct Plain : Consumer<Item> {
  void process(const Transaction<Item>& transaction) override { halve(transaction); }
};

struct WithHandlers : Consumer<Item, std::int64_t> {
  static inline Notes notes{};

  std::int64_t process(const Transaction<Item>& transaction) override { return halve(transaction); }
  void handle_success(const Transaction<Item>& transaction, const std::int64_t& result) override {
    notes.push_back("success " + transaction.id() + " " + std::to_string(result));
    if (result == 50) throw SystemError("no room for 50");
  }
  void handle_exception(const Transaction<Item>& transaction, const TaskError& error) override {
    notes.push_back("exception " + transaction.id() + " " + error.message);
    if (transaction.payload().number == -2) throw SystemError("handler broke");
  }
  void exit() override { notes.emplace_back("exit"); }
};

struct PrivateHandler : Consumer<Item> {
  void process(const Transaction<Item>& /*transaction*/) override {}

 private:
  void handle_success(const Transaction<Item>& /*transaction*/) override {}
};

struct Derived : WithHandlers {};

template <class T>
constexpr bool kOverrides = ergon::detail::overrides_success<T>() && ergon::detail::overrides_exception<T>();
static_assert(kOverrides<WithHandlers> && kOverrides<Derived>);
static_assert(!ergon::detail::overrides_success<Plain>() && !ergon::detail::overrides_exception<Plain>());
static_assert(ergon::detail::overrides_success<PrivateHandler>());
static_assert(!ergon::detail::overrides_exception<PrivateHandler>());

class Handlers : public ::testing::Test {
 protected:
  void SetUp() override { WithHandlers::notes.clear(); }
};

TEST_F(Handlers, GetTheResultOrTheError) {
  const auto run = testing::run<WithHandlers>({Item{8}, Item{-1}});
  EXPECT_EQ(WithHandlers::notes, (Notes{"success 1 4", "exception 2 negative", "exit"}));
  EXPECT_EQ(run.ok, 1U);
  EXPECT_EQ(run.failed, 1U);
}

TEST_F(Handlers, GetWhatTheSuccessHandlerThrew) {
  const auto run = testing::run<WithHandlers>({Item{100}});
  EXPECT_EQ(WithHandlers::notes, (Notes{"success 1 50", "exception 1 no room for 50", "exit"}));
  ASSERT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].message, "no room for 50");
}

TEST_F(Handlers, MayThrowThemselves) {
  const auto run = testing::run<WithHandlers>({Item{-2}, Item{2}});
  EXPECT_EQ(run.failed, 1U);
  EXPECT_EQ(run.errors[0].message, "negative");  // the first cause stays
  EXPECT_EQ(run.ok, 1U);
}

TEST_F(Handlers, AreSkippedWhenThePayloadCanNotBeDecoded) {
  const auto run = testing::run_json<WithHandlers>({R"({"number": "one"})", "{", R"({"number": 2})"});
  EXPECT_EQ(WithHandlers::notes, (Notes{"success 3 1", "exit"}));
  ASSERT_EQ(run.failed, 2U);
  EXPECT_EQ(run.errors[0].type, "ergon::DecodeError");
  EXPECT_EQ(run.errors[0].message, "member 'number': expected a whole number, found string");
}

struct BrokenExit : Plain {
  void exit() override { throw SystemError("can't close"); }
};

TEST(TaskTest, KeepsTheRunWhenExitThrows) {
  const auto run = testing::run<BrokenExit>({Item{8}});
  EXPECT_EQ(run.ok, 1U);
  EXPECT_EQ(run.failed, 0U);
  ASSERT_EQ(run.errors.size(), 1U);
  EXPECT_EQ(run.errors[0].message, "can't close");
#if !defined(ERGON_TELEMETRY_OFF)
  ASSERT_EQ(run.logs().size(), 1U);
  EXPECT_EQ(run.logs()[0].message, "exit failed: ergon::SystemError: can't close");
#endif
}

#if !defined(ERGON_TELEMETRY_OFF)

const testing::RecordedSpan& span(const testing::Recording& run, std::string_view name) {
  const auto* found = run.spans().find(name);
  if (found == nullptr) throw std::runtime_error("no span " + std::string(name));
  return *found;
}

std::string_view attribute(const testing::RecordedSpan& span, std::string_view key) {
  return testing::find(span.attributes, key);
}

TEST_F(Handlers, HaveSpansOnlyIfTheTaskOverridesThem) {
  EXPECT_EQ(testing::run<Plain>({Item{8}, Item{-1}}).spans().tree(),
            "Plain.transaction\n  Plain.process\nPlain.transaction\n  Plain.process\n");
  EXPECT_EQ(testing::run<WithHandlers>({Item{8}, Item{-1}}).spans().tree(),
            "WithHandlers.transaction\n  WithHandlers.process\n  WithHandlers.handle_success\n"
            "WithHandlers.transaction\n  WithHandlers.process\n  WithHandlers.handle_exception\n");
}

TEST_F(Handlers, AreNotTracedWhenThePayloadCanNotBeDecoded) {
  EXPECT_EQ(testing::run_json<WithHandlers>({"{"}).spans().tree(),
            "WithHandlers.transaction\n  WithHandlers.process\n");
}

TEST(TransactionSpan, TellsWhatItIsAbout) {
  const testing::SpanTreeOptions all{
      .kinds = true,
      .status = true,
      .attributes = {"ergon.task.name", "ergon.transaction.id", "ergon.attempt", "error.type"}};
  EXPECT_TRUE(compare_trees(testing::run<WithHandlers>({Item{8}}).spans().tree(all), R"(
WithHandlers.transaction CONSUMER ergon.task.name=WithHandlers ergon.transaction.id=1
  WithHandlers.process INTERNAL ergon.attempt=1
  WithHandlers.handle_success INTERNAL ergon.attempt=1
)"));
}

const testing::SpanTreeOptions kFailures{.status = true, .attributes = {"error.type"}, .events = true};

TEST(TransactionSpan, EndsInErrorWithItsType) {
  const auto run = testing::run<Plain>({Item{-1}});
  EXPECT_TRUE(compare_trees(run.spans().tree(kFailures), R"(
Plain.transaction ERROR(negative) error.type=ergon::BusinessError
  Plain.process ERROR(negative) error.type=ergon::BusinessError [exception]
)"));
  const auto& event = span(run, "Plain.process").events.at(0);
  EXPECT_EQ(testing::find(event.attributes, "exception.type"), "ergon::BusinessError");
  EXPECT_EQ(testing::find(event.attributes, "exception.message"), "negative");
}

TEST(TransactionSpan, CallsEveryTimeoutTimeout) {
  EXPECT_TRUE(compare_trees(testing::run<Plain>({Item{0}}).spans().tree(kFailures), R"(
Plain.transaction ERROR(too slow) error.type=timeout
  Plain.process ERROR(too slow) error.type=timeout [exception]
)"));
}

TEST(TransactionSpan, NamesForeignErrorsAndDecodeErrors) {
  EXPECT_EQ(attribute(span(testing::run<Plain>({Item{13}}), "Plain.process"), "error.type"),
            "std::out_of_range");
  EXPECT_EQ(attribute(span(testing::run_json<Plain>({"{"}), "Plain.process"), "error.type"),
            "ergon::DecodeError");
}

TEST(ExceptionLog, CarriesTheErrorAndTheIdsOfTheStage) {
  const auto run = testing::run<Plain>({Item{-1}});
  ASSERT_EQ(run.logs().size(), 1U);
  const auto& log = run.logs()[0];
  EXPECT_EQ(log.level, Level::error);
  EXPECT_EQ(log.logger, "ergon.task");
  EXPECT_EQ(log.message, "Plain.process failed: ergon::BusinessError: negative");
  EXPECT_EQ(testing::find(log.attributes, "exception.type"), "ergon::BusinessError");
  EXPECT_EQ(testing::find(log.attributes, "exception.message"), "negative");
  EXPECT_EQ(testing::find(log.attributes, "ergon.transaction.id"), "1");
  EXPECT_EQ(log.context.trace_id, span(run, "Plain.process").context.trace_id);
  EXPECT_EQ(log.context.span_id, span(run, "Plain.process").context.span_id);
}

struct Verbose : Consumer<Item> {
  void process(const Transaction<Item>& transaction) override {
    if (transaction.payload().number == 13) throw 13;
    throw SystemError(std::string(5'000, 'x') + "é");
  }
};

TEST(ExceptionLog, NamesTheTypeOfWhatSaysNothing) {
  const auto run = testing::run<Verbose>({Item{13}});
  EXPECT_EQ(run.logs().at(0).message, "Verbose.process failed: int");
  EXPECT_EQ(span(run, "Verbose.transaction").status_message, "int");
}

TEST(ExceptionLog, IsShortenedAsTheSpanIs) {
  const auto run = testing::run<Verbose>({Item{1}});
  const std::string shortened = std::string(4'093, 'x') + "…";
  EXPECT_EQ(run.logs().at(0).message, "Verbose.process failed: ergon::SystemError: " + shortened);
  EXPECT_EQ(testing::find(run.logs()[0].attributes, "exception.message"), shortened);
  EXPECT_EQ(span(run, "Verbose.transaction").status_message, shortened);
  const auto& event = span(run, "Verbose.process").events.at(0);
  EXPECT_EQ(testing::find(event.attributes, "exception.message"), shortened);
  EXPECT_EQ(run.errors.at(0).message.size(), 5'002U);  // the task's own is whole
}

struct Counted : Plain {};
struct Staged : WithHandlers {};

TEST(ConsumerMetrics, CountTransactionsByStatus) {
  const auto run = testing::run<Counted>({Item{8}, Item{6}, Item{-1}, Item{0}});
  const Notes expected{"error.type=ergon::BusinessError,status=exception,task=Counted: 1",
                       "error.type=timeout,status=timeout,task=Counted: 1", "status=success,task=Counted: 2"};
  EXPECT_EQ(points_of(run, "consumer.transactions.total", "task=Counted"), expected);
  EXPECT_EQ(points_of(run, "consumer.transactions.duration", "task=Counted"), expected);
}

TEST(ConsumerMetrics, CountStagesByOutcome) {
  const auto run = testing::run<Staged>({Item{8}, Item{0}, Item{-2}});
  EXPECT_EQ(
      points_of(run, "consumer.lifecycle.outcome", "task=Staged"),
      (Notes{"outcome=error,stage=exception,task=Staged: 1", "outcome=error,stage=process,task=Staged: 1",
             "outcome=ok,stage=exception,task=Staged: 1", "outcome=ok,stage=process,task=Staged: 1",
             "outcome=ok,stage=success,task=Staged: 1", "outcome=timeout,stage=process,task=Staged: 1"}));
  EXPECT_EQ(points_of(run, "consumer.lifecycle.duration", "task=Staged"),
            (Notes{"stage=exception,task=Staged: 2", "stage=process,task=Staged: 3",
                   "stage=success,task=Staged: 1"}));
}

struct Consuming : Plain {};

TEST(ConsumerMetrics, AreAllThatAConsumerHas) {
  const auto run = testing::run<Consuming>({Item{8}});
  EXPECT_FALSE(metrics_of(run, "consumer.", "Consuming").empty());
  EXPECT_EQ(metrics_of(run, "producer.", "Consuming"), Notes{});
}

TEST(ConsumerMetrics, FollowTheSemanticConventions) {
  const auto run = testing::run<Plain>({Item{8}});
  const auto points = points_of(run, "messaging.process.duration", "messaging.operation.name=process");
  const std::string expected =
      "messaging.destination.name=test,messaging.operation.name=process,messaging.system=test: ";
  EXPECT_EQ(std::ranges::count_if(points, [&](const auto& point) { return point.starts_with(expected); }), 1);
}

TEST(ConsumerMetrics, HaveUnitsAndBucketsInSeconds) {
  const auto run = testing::run<Plain>({Item{8}});
  for (const auto& point : run.points()) {
    if (point.name == "consumer.transactions.total") {
      EXPECT_EQ(point.unit, "{transaction}");
    }
    if (point.name == "consumer.transactions.duration") {
      EXPECT_EQ(point.unit, "s");
      EXPECT_EQ(point.buckets.size(), 15U);
    }
  }
}

TEST(TaskTest, LeavesNoCurrentSpan) {
  static_cast<void>(testing::run<Plain>({Item{-1}}));
  EXPECT_FALSE(current_span_context().is_valid());
}

#endif

}  // namespace
}  // namespace ergon::test
