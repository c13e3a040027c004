#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/worker/worker.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// What becomes of records when a destination is slow or stuck and the memory for batches ends.
namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;

std::uint64_t dropped(const Counts& counts, DropReason reason) {
  return counts.dropped[static_cast<std::size_t>(reason)];
}

std::uint64_t dropped_as_full(const Counts& counts) { return dropped(counts, DropReason::queue_full); }

struct Destinations {
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
  std::shared_ptr<StuckSink> stuck = std::make_shared<StuckSink>(mailbox);
  std::shared_ptr<DeliveringSink> healthy = std::make_shared<DeliveringSink>(mailbox);
};

// In portions that fit into a ring; the worker has taken one when it has answered twice.
template <class Record>
void record_in_portions(WorkerSession& session, Record record) {
  for (int portion = 0; portion < 150; ++portion) {
    for (int i = 0; i < 100; ++i) record();
    for (int answer = 0; answer < 2; ++answer) static_cast<void>(session.statistics());
  }
  session.flush(0ms);  // sends what is left; the stuck destination never answers
  for (int answer = 0; answer < 2; ++answer) static_cast<void>(session.statistics());
}

TEST(FullMemory, StarvesNoOtherDestinationOfTheSignal) {
  const Destinations to;
  WorkerOptions options;
  options.pipelines = {pipeline_to(to.stuck, Signal::logs), pipeline_to(to.healthy, Signal::logs)};
  WorkerSession session(to.mailbox, options, {.memory_limit = 4U << 20U});
  const std::string text(500, 'x');
  record_in_portions(session, [&] { get_logger("full").info("{}", text); });
  const Statistics books = session.statistics();
  EXPECT_GT(dropped_as_full(books.logs.destinations[0].counts), 0U);
  EXPECT_EQ(books.logs.destinations[1].counts.delivered, 15'000U);
}

TEST(FullMemory, StarvesNoSpansThatWaitForTheirLocalRoot) {
  const Destinations to;
  WorkerOptions options;
  options.pipelines = {pipeline_to(to.stuck, Signal::spans, 128),
                       pipeline_to(to.healthy, Signal::spans, 128)};
  options.keep = KeepOptions{.threshold = kNeverSampled};
  WorkerSession session(to.mailbox, options, {.memory_limit = 4U << 20U});
  const std::string text(500, 'x');
  record_in_portions(session, [&] {
    auto root = get_tracer("full").scoped_span("root");
    const auto child = get_tracer("full").scoped_span("child", {{"text", text}});
    root.set_status(StatusCode::error);
  });
  const SignalStatistics spans = session.statistics().spans;
  EXPECT_GT(dropped_as_full(spans.destinations[0].counts), 0U);
  EXPECT_EQ(spans.destinations[1].counts.delivered, 30'000U);
  EXPECT_EQ(dropped(spans.total, DropReason::keep_full), 0U);
}

TEST(FullMemory, OfSpansLeavesRoomForLogs) {
  const Destinations to;
  WorkerOptions options;
  options.pipelines = {pipeline_to(to.stuck, Signal::spans), pipeline_to(to.healthy, Signal::logs)};
  WorkerSession session(to.mailbox, options, {.memory_limit = 4U << 20U});
  const std::string text(500, 'x');
  record_in_portions(session, [&] {
    const auto span = get_tracer("full").scoped_span("span", {{"text", text}});
    get_logger("full").info("log");
  });
  const Statistics books = session.statistics();
  EXPECT_GT(dropped_as_full(books.spans.total), 0U);
  EXPECT_EQ(books.logs.total.delivered, 15'000U);
}

// The batch is neither complete nor due, and what it holds is all the memory there is.
TEST(FullMemory, SendsTheBatchThatItKeepsFromGrowing) {
  const Destinations to;
  WorkerOptions options;
  options.pipelines = {pipeline_to(to.healthy, Signal::logs, 1'000'000)};
  options.pipelines[0].delay = 1h;
  WorkerSession session(to.mailbox, options, {.memory_limit = 4U << 20U});
  const std::string text(500, 'x');
  for (int portion = 0; portion < 150; ++portion) {
    for (int i = 0; i < 100; ++i) get_logger("full").info("{}", text);
    for (int answer = 0; answer < 2; ++answer) static_cast<void>(session.statistics());
  }
  const Counts logs = session.statistics().logs.total;
  EXPECT_GT(logs.delivered, 5'000U);
  EXPECT_LT(dropped_as_full(logs), 500U);
}

// More held spans than a pass looks at lie before the log, all in the ring of one thread.
TEST(FullMemory, HidesNoLogsBehindSpansThatAreHeldBack) {
  const Destinations to;
  WorkerOptions options;
  options.pipelines = {pipeline_to(to.stuck, Signal::spans), pipeline_to(to.healthy, Signal::logs, 1)};
  WorkerSession session(to.mailbox, options, {.memory_limit = 16U << 20U, .max_block = 1ms});
  const std::string text(400, 'x');
  record_in_portions(session,
                     [&] { const auto span = get_tracer("full").scoped_span("span", {{"text", text}}); });
  const SignalStatistics spans = session.statistics().spans;
  EXPECT_EQ(dropped_as_full(spans.total), 0U);
  EXPECT_GT(spans.total.queued, 1'024U + spans.destinations[0].counts.queued);
  get_logger("full").info("log");
  EXPECT_FALSE(session.flush(200ms)) << "the spans are not settled";
  EXPECT_EQ(session.statistics().logs.total.delivered, 1U);
}

// Records on several threads under `on_full: block`, to a destination slower than all of them.
class BlockedThreads {
 public:
  static constexpr int kThreads = 3;

  // Records below info wait for their transaction to fail.
  void hold_debug_records() { replay_keep_ = 100; }

  Statistics run(int records, const std::function<void()>& record) {
    const auto mailbox = std::make_shared<Mailbox>();
    const auto sink = std::make_shared<StuckSink>(mailbox);
    WorkerOptions options;
    options.pipelines = {pipeline_to(sink, Signal::spans), pipeline_to(sink, Signal::logs)};
    options.replay_keep = replay_keep_;
    WorkerSession session(mailbox, options, {.memory_limit = 1U << 20U, .max_block = 1h});
    if (replay_keep_ > 0) ScopeRegistry::instance().set_levels({Level::info, {}, Level::debug});
    g_recording.replays_logs = replay_keep_ > 0;
    std::atomic<bool> is_over{false};
    std::thread destination([&] {
      while (!is_over) {
        for (const ExportBatch& batch : sink->take(0)) {
          for (int pass = 0; pass < 5; ++pass) static_cast<void>(session.statistics());  // of the worker
          sink->post(delivered(batch));
        }
        std::this_thread::yield();
      }
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < records; ++n) record();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(session.flush(60s));
    is_over = true;
    destination.join();
    g_recording.replays_logs = false;
    return session.stop();
  }

 private:
  std::size_t replay_keep_{0};
};

TEST(FullMemory, MakesLogCallsWaitWithoutALoss) {
  const std::string text(300, 'x');
  const Statistics books = BlockedThreads().run(10'000, [&] { get_logger("full").info("{}", text); });
  EXPECT_EQ(books.logs.total.delivered, 30'000U);
}

// Each record is a batch, and one of these sizes ends where the message still fits and its line does not.
TEST(FullMemory, HasRoomForLinesBeforeItTakesTheirRecords) {
  for (std::size_t size = 1; size < 80; ++size) {
    const Destinations to;
    WorkerOptions options;
    options.pipelines = {pipeline_to(to.stuck, Signal::logs, 1)};
    options.pipelines[0].makes_lines = true;
    WorkerSession session(to.mailbox, options, {.memory_limit = 256U << 10U, .max_block = 1ms});
    const std::string text(size, 'x');
    for (int i = 0; i < 100; ++i) get_logger("full").info("{}", text);
    session.flush(0ms);
    for (int answer = 0; answer < 2; ++answer) static_cast<void>(session.statistics());
    const SignalStatistics logs = session.statistics().logs;
    ASSERT_GT(logs.total.queued, logs.destinations[0].counts.queued) << "memory was not full";
    ASSERT_EQ(dropped_as_full(logs.destinations[0].counts), 0U) << "with texts of " << size;
  }
}

TEST(FullMemory, MakesSpansWaitWithoutALoss) {
  const std::string text(300, 'x');
  const Statistics books = BlockedThreads().run(
      10'000, [&] { const auto span = get_tracer("full").scoped_span("span", {{"text", text}}); });
  EXPECT_EQ(books.spans.total.delivered, 30'000U);
}

TEST(FullMemory, MakesReplayedLogsWaitWithoutALoss) {
  const std::string text(300, 'x');
  std::atomic<int> transactions{0};
  BlockedThreads threads;
  threads.hold_debug_records();
  const Statistics books = threads.run(1'000, [&] {
    const auto root = get_tracer("full").scoped_span("transaction");
    get_logger("full").debug("{}", text);
    if (++transactions % 2 == 0) get_logger("full").error("{}", text);
  });
  EXPECT_EQ(books.logs.total.delivered, 3'000U);
  EXPECT_EQ(books.logs.total.sampled_out, 1'500U);
  EXPECT_EQ(books.logs.total.created, 4'500U);
}

TEST(FullMemory, HoldsNothingBackForADestinationWhoseFilterKeepsItOut) {
  const Destinations to;
  WorkerOptions options;
  options.pipelines = {pipeline_to(to.stuck, Signal::logs, 1), pipeline_to(to.healthy, Signal::logs, 1)};
  options.pipelines[0].max_queued = 10;
  options.pipelines[0].filters = {make_record_filter(MatchFilter{.message = "^audit"})};
  WorkerSession session(to.mailbox, options, {.max_block = 1ms});
  for (int i = 0; i < 10; ++i) get_logger("full").info("audit");
  for (int i = 0; i < 100; ++i) get_logger("full").info("other");
  session.flush(0ms);
  for (int answer = 0; answer < 2; ++answer) static_cast<void>(session.statistics());
  const SignalStatistics logs = session.statistics().logs;
  EXPECT_EQ(logs.destinations[0].counts.queued, 10U);
  EXPECT_EQ(logs.destinations[1].counts.delivered, 110U);
}

TEST(FullMemory, MakesLargeRecordsWaitWithoutALoss) {
  const std::string text(3'000, 'x');
  const Statistics books = BlockedThreads().run(2'000, [&] { get_logger("full").info("{}", text); });
  EXPECT_EQ(books.logs.total.delivered, 6'000U);
}

TEST(FullMemory, MakesNobodyWaitForASessionThatStops) {
  const auto mailbox = std::make_shared<Mailbox>();
  const auto sink = std::make_shared<StuckSink>(mailbox);
  WorkerOptions options;
  options.pipelines = {pipeline_to(sink, Signal::logs)};
  WorkerSession session(mailbox, options, {.memory_limit = 1U << 20U, .max_block = 1h});
  std::atomic<std::uint64_t> recorded{0};
  std::thread thread([&] {
    const std::string text(500, 'x');
    for (; g_recording.phase == Phase::active; ++recorded) get_logger("full").info("{}", text);
  });
  std::uint64_t seen = 0;
  for (int alike = 0; alike < 200 || seen == 0;) {  // then it waits, as nothing is ever delivered
    static_cast<void>(session.statistics());
    alike = recorded == seen ? alike + 1 : 0;
    seen = recorded;
  }
  static_cast<void>(session.stop());
  thread.join();
  EXPECT_GT(recorded, 0U);
}

}  // namespace
}  // namespace ergon::telemetry::test
