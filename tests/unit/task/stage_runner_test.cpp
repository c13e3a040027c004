#include "task/stage_runner.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include <ergon/testing/recording.hpp>
#include <ergon/testing/span_tree.hpp>

#include "unit/task/loop_seat.hpp"
#include "unit/task/wait_for_stop.hpp"

// One stage, called as its policy says.
namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using ergon::detail::AttemptLimits;
using ergon::detail::LoopPhase;
using ergon::detail::StageEnd;
using ergon::detail::StageRunner;
using TimePoint = StageRunner::TimePoint;

RetryPolicy at_once(std::int64_t attempts) { return {.max_attempts = attempts, .backoff = 0ms, .jitter = 0}; }

class StageRunnerTest : public ::testing::Test {
 protected:
  template <class Call>
  StageEnd run(const RetryPolicy& retry, const Call& call, TimePoint limit = TimePoint::max()) {
    return stages_.run({"step", metrics_, retry, operation_}, limit, call);
  }

  testing::Recorder recorder_;
  LoopSeat seat_;
  ergon::detail::LoopThread thread_ = seat_.thread();
  ergon::detail::TaskTelemetry telemetry_ =
      ergon::detail::TaskTelemetry::without_consumer({"Steps", "list", "fake"});
  ergon::detail::StageMetrics metrics_{telemetry_.meter(), "test", "Steps", "step"};
  StageRunner stages_{telemetry_, thread_};
  const ergon::detail::MessagingSpan* operation_{nullptr};
};

TEST_F(StageRunnerTest, CallsUntilItSucceeds) {
  int calls = 0;
  const StageEnd end = run(at_once(5), [&](const AttemptLimits& limits) {
    EXPECT_EQ(limits.attempt, ++calls);
    if (calls < 3) throw std::runtime_error("not yet");
  });
  EXPECT_FALSE(end.error);
  EXPECT_EQ(calls, 3);
}

TEST_F(StageRunnerTest, AnswersTheLastErrorAndHowOftenItTried) {
  int calls = 0;
  const StageEnd end = run(at_once(3), [&](const AttemptLimits&) {
    throw std::runtime_error("attempt " + std::to_string(++calls));
  });
  ASSERT_TRUE(end.error);
  EXPECT_FALSE(end.is_interrupted);
  EXPECT_EQ(end.error->message, "attempt 3");
  EXPECT_EQ(end.error->attempts, 3);
}

TEST_F(StageRunnerTest, DoesNotWaitOnceTheWorkerIsToStop) {
  const RetryPolicy patient{.max_attempts = 2, .backoff = 1h, .backoff_cap = 1h};
  int calls = 0;
  const StageEnd end = run(patient, [&](const AttemptLimits&) {
    ++calls;
    seat_.stop();
    throw std::runtime_error("away");
  });
  EXPECT_EQ(calls, 1);
  ASSERT_TRUE(end.error);
  EXPECT_TRUE(end.is_interrupted);
}

TEST_F(StageRunnerTest, DoesNotWaitBeyondTheLimit) {
  const RetryPolicy patient{.max_attempts = 2, .backoff = 1h, .backoff_cap = 1h};
  int calls = 0;
  const auto fails = [&](const AttemptLimits&) {
    ++calls;
    throw std::runtime_error("away");
  };
  const StageEnd end = run(patient, fails, std::chrono::steady_clock::now() + 30min);
  EXPECT_EQ(calls, 1);
  ASSERT_TRUE(end.error);
  EXPECT_FALSE(end.is_interrupted);
}

TEST_F(StageRunnerTest, GivesTheNearerOfBothLimits) {
  const auto now = std::chrono::steady_clock::now();
  const auto deadline_with = [&](std::optional<std::chrono::milliseconds> timeout, TimePoint limit) {
    TimePoint deadline;
    run({.timeout = timeout}, [&](const AttemptLimits& limits) { deadline = limits.deadline; }, limit);
    return deadline;
  };
  EXPECT_EQ(deadline_with({}, TimePoint::max()), TimePoint::max());
  EXPECT_EQ(deadline_with({}, now + 1h), now + 1h);
  EXPECT_EQ(deadline_with(2h, now + 1h), now + 1h);
  EXPECT_GE(deadline_with(30min, now + 1h), now + 30min);
  EXPECT_LT(deadline_with(30min, now + 1h), now + 1h);
}

TEST_F(StageRunnerTest, AsksToStopWhenTheTimeOfAnAttemptIsOver) {
  RetryPolicy retry = at_once(2);
  retry.timeout = 1ms;
  int stopped = 0;
  const StageEnd end = run(retry, [&](const AttemptLimits& limits) {
    wait_for_stop(limits.stop);
    ++stopped;
    throw std::runtime_error("too late");
  });
  EXPECT_EQ(stopped, 2);  // each attempt has a token of its own
  ASSERT_TRUE(end.error);
  EXPECT_EQ(end.error->kind, ErrorKind::timeout);
}

TEST_F(StageRunnerTest, TellsThatItGetsOn) {
  const auto before = seat_.cell().progress();
  run(at_once(2), [&](const AttemptLimits& limits) {
    if (limits.attempt == 1) throw std::runtime_error("once");
    EXPECT_EQ(seat_.cell().phase(), LoopPhase::working);
  });
  EXPECT_GE(seat_.cell().progress(), before + 2);
}

#if !defined(ERGON_TELEMETRY_OFF)

TEST_F(StageRunnerTest, HasASpanForEachAttempt) {
  const ergon::detail::MessagingSpans rows("fake", "out");
  operation_ = &rows.dispatch;
  run(at_once(2), [](const AttemptLimits& limits, ScopedSpan& span) {
    span.set_attribute("own", true);
    if (limits.attempt == 1) throw BusinessError("no");
  });
  RetryPolicy stubborn = at_once(2);
  stubborn.business_errors = true;
  operation_ = nullptr;
  run(stubborn, [](const AttemptLimits& limits) {
    if (limits.attempt == 1) throw BusinessError("no");
  });
  EXPECT_TRUE(testing::compare_trees(
      recorder_.stop().spans().tree(
          {.kinds = true,
           .status = true,
           .attributes = {"messaging.system", "messaging.destination.name", "ergon.attempt", "own"}}),
      R"(
step PRODUCER ERROR(no) messaging.system=fake messaging.destination.name=out ergon.attempt=1 own=true
step INTERNAL ERROR(no) ergon.attempt=1
step INTERNAL ergon.attempt=2
)"));
}

TEST_F(StageRunnerTest, LogsWhatIsAboutNoTransactionWithoutAnId) {
  run(at_once(1), [](const AttemptLimits&) { throw std::runtime_error("away"); });
  const auto recording = recorder_.stop();
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].message, "step failed: std::runtime_error: away");
  EXPECT_EQ(testing::find(recording.logs()[0].attributes, "ergon.transaction.id"), "");
}

#endif

}  // namespace
}  // namespace ergon::test
