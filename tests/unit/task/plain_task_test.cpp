#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <ergon/testing/span_tree.hpp>
#include <ergon/testing/task_test.hpp>

#include "task/plain_loop.hpp"
#include "unit/task/loop_seat.hpp"
#include "unit/task/recorded_points.hpp"
#include "unit/task/wait_for_stop.hpp"

// Tasks that are one piece of work.
namespace ergon::test {
namespace {

using Notes = std::vector<std::string>;
using ergon::detail::LoopPhase;

struct Nightly : Task {
  using Script = std::function<void(TaskContext&)>;
  static inline Script script{};
  static inline Notes notes{};

  void execute(TaskContext& context) override {
    notes.push_back("execute " + context.task_name());
    if (script) script(context);
  }
  void exit() override { notes.emplace_back("exit"); }
};

class PlainTask : public ::testing::Test {
 protected:
  void SetUp() override { Nightly::notes.clear(); }
  void TearDown() override { Nightly::script = {}; }
};

TEST_F(PlainTask, IsExecutedOnce) {
  const auto run = testing::execute<Nightly>();
  EXPECT_EQ(run.ok, 1U);
  EXPECT_EQ(Nightly::notes, (Notes{"execute Nightly", "exit"}));
}

TEST_F(PlainTask, ThatThrowsHasFailed) {
  Nightly::script = [](TaskContext&) { throw BusinessError("nothing to do"); };
  const auto run = testing::execute<Nightly>();
  EXPECT_EQ(run.failed, 1U);
  ASSERT_EQ(run.errors.size(), 1U);
  EXPECT_EQ(run.errors[0].message, "nothing to do");
  EXPECT_EQ(Nightly::notes, (Notes{"execute Nightly", "exit"}));
}

TEST_F(PlainTask, SeesWhenItIsToStop) {
  std::stop_source stop;
  Nightly::script = [&](TaskContext& context) {
    stop.request_stop();
    wait_for_stop(context.stop_token());
  };
  EXPECT_EQ(testing::execute<Nightly>({.stop = stop.get_token()}).ok, 1U);
}

class PlainLoopTest : public PlainTask {
 protected:
  testing::Recorder recorder_;
  LoopSeat seat_;
  TaskContext context_{{.task = "Nightly"}};
  ergon::detail::TaskTelemetry telemetry_ =
      ergon::detail::TaskTelemetry::without_consumer({"Nightly", "list", "fake"});
  ergon::detail::PlainLoop loop_{telemetry_, ergon::detail::plain_type<Nightly>().make(context_), context_,
                                 seat_.thread()};
};

TEST_F(PlainLoopTest, TellsHowItGetsOn) {
  Nightly::script = [&](TaskContext& context) {
    EXPECT_EQ(seat_.cell().phase(), LoopPhase::working);
    const auto before = seat_.cell().progress();
    context.heartbeat();
    EXPECT_GT(seat_.cell().progress(), before);
  };
  EXPECT_FALSE(loop_.run());
  EXPECT_EQ(seat_.cell().phase(), LoopPhase::ended);
  loop_.exit();
  EXPECT_EQ(Nightly::notes, (Notes{"execute Nightly", "exit"}));
}

TEST_F(PlainLoopTest, AnswersWhatItThrew) {
  Nightly::script = [](TaskContext&) { throw std::runtime_error("disk is full"); };
  const auto failure = loop_.run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->message, "task 'Nightly': disk is full");
  EXPECT_EQ(seat_.cell().phase(), LoopPhase::ended);
}

TEST_F(PlainLoopTest, DoesNotBeginOnceStopped) {
  seat_.stop();
  EXPECT_FALSE(loop_.run());
  EXPECT_EQ(Nightly::notes, Notes{});
}

#if !defined(ERGON_TELEMETRY_OFF)

TEST_F(PlainTask, HasASpan) {
  Nightly::script = [](TaskContext&) {
    const auto span = get_tracer("disk").scoped_span("disk.write");
    throw SystemError("disk is full");
  };
  const auto run = testing::execute<Nightly>();
  EXPECT_TRUE(testing::compare_trees(
      run.spans().tree(
          {.kinds = true, .status = true, .attributes = {"ergon.task.name", "error.type"}, .events = true}),
      R"(
Nightly.execute INTERNAL ERROR(disk is full) ergon.task.name=Nightly error.type=ergon::SystemError [exception]
  disk.write INTERNAL ERROR error.type=_OTHER
)"));
  ASSERT_EQ(run.logs().size(), 1U);
  EXPECT_EQ(run.logs()[0].message, "Nightly.execute failed: ergon::SystemError: disk is full");
}

TEST_F(PlainTask, HasNoMetricsOfOtherKinds) {
  const auto run = testing::execute<Nightly>();
  EXPECT_EQ(metrics_of(run, "consumer.", "Nightly"), Notes{});
  EXPECT_EQ(metrics_of(run, "producer.", "Nightly"), Notes{});
}

#endif

}  // namespace
}  // namespace ergon::test
