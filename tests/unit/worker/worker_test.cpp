#include "telemetry/worker/worker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/export/otlp_reader.hpp"
#include "telemetry/export/split.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;

template <class FakeSink>
struct Stage {
  std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
  std::shared_ptr<FakeSink> sink = std::make_shared<FakeSink>(mailbox);

  [[nodiscard]] WorkerOptions spans_and_logs(std::uint64_t max_records = 512) const {
    WorkerOptions options;
    options.pipelines = {pipeline_to(sink, Signal::spans, max_records),
                         pipeline_to(sink, Signal::logs, max_records)};
    return options;
  }
};

void record_spans(int count, const std::string& name = "span") {
  const Tracer tracer = get_tracer("worker");
  for (int i = 0; i < count; ++i) const auto span = tracer.scoped_span(name);
}

TEST(Worker, SendsABatchWhenItIsFull) {
  Stage<StuckSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs(10));
  record_spans(35);
  const auto flush = session.ask_to_flush();
  std::vector<std::uint64_t> sizes;
  std::vector<ExportBatch> batches = stage.sink->take(4);
  for (const ExportBatch& batch : batches) {
    sizes.push_back(batch.count);
    EXPECT_EQ(read_spans(batch.request()).spans.size(), batch.count);
    stage.sink->post(delivered(batch));
  }
  EXPECT_EQ(sizes, (std::vector<std::uint64_t>{10, 10, 10, 5}));
}

TEST(Worker, SendsABatchWhenItsTimeHasCome) {
  Stage<StuckSink> stage;
  WorkerOptions options = stage.spans_and_logs();
  options.pipelines[0].delay = 1ms;
  WorkerSession session(stage.mailbox, options);
  record_spans(3);
  const auto batches = stage.sink->take(1);  // nobody asked for it
  EXPECT_GE(batches[0].count, 1U);
  for (const ExportBatch& batch : batches) stage.sink->post(delivered(batch));
}

TEST(Worker, SendsNoRequestLargerThanAllowed) {
  Stage<StuckSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs(1'000'000));
  const std::string text(100'000, 'x');
  for (int i = 0; i < 60; ++i) get_logger("worker").info("{} {}", i, text);
  const auto flush = session.ask_to_flush();
  std::uint64_t records = 0;
  std::vector<ExportBatch> batches = stage.sink->take(2);
  for (const ExportBatch& batch : batches) {
    EXPECT_LE(batch.request().size(), kLargestRequest);
    records += batch.count;
    stage.sink->post(delivered(batch));
  }
  EXPECT_EQ(records, 60U);
}

TEST(Worker, AnswersAFlushWhenAllOfItIsSettled) {
  Stage<StuckSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs(10));
  record_spans(25);
  const auto flush = session.ask_to_flush();
  std::vector<ExportBatch> batches = stage.sink->take(3);
  for (const std::size_t at : {2U, 0U}) stage.sink->post(delivered(batches[at]));
  EXPECT_EQ(session.statistics().spans.total.delivered, 15U);
  EXPECT_FALSE(flush->wait_until(Clock::now()).has_value()) << "a batch is still under way";
  stage.sink->post(dropped(batches[1], DropReason::retry_exhausted));
  EXPECT_EQ(flush->wait_until(Clock::now() + 20s), true);
  EXPECT_EQ(session.statistics().spans.total.queued, 0U);
}

TEST(Worker, AnswersAFlushWithoutRecordsAtOnce) {
  Stage<StuckSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs());
  EXPECT_TRUE(session.flush());
}

TEST(Worker, DoesNotWaitForWhatCameAfterTheFlush) {
  Stage<StuckSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs());
  record_spans(1, "before");
  const auto flush = session.ask_to_flush();
  const std::vector<ExportBatch> first = stage.sink->take(1);
  record_spans(1, "after");
  const auto second_flush = session.ask_to_flush();
  const std::vector<ExportBatch> second = stage.sink->take(1);
  stage.sink->post(delivered(first[0]));
  EXPECT_EQ(flush->wait_until(Clock::now() + 20s), true);
  EXPECT_FALSE(second_flush->wait_until(Clock::now()).has_value());
  stage.sink->post(delivered(second[0]));
  EXPECT_EQ(second_flush->wait_until(Clock::now() + 20s), true);
}

TEST(Worker, TellsThoseWhoWaitWhenItStops) {
  Stage<StuckSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs());
  record_spans(5);
  const auto flush = session.ask_to_flush();
  static_cast<void>(session.statistics());
  const Statistics books = session.stop();
  EXPECT_TRUE(flush->wait_until(Clock::now() + 20s).has_value());
  EXPECT_EQ(books.spans.total.dropped[static_cast<std::size_t>(DropReason::shutdown)], 5U);
  EXPECT_TRUE(books.spans.total.closes());
  EXPECT_EQ(books.spans.total.queued, 0U);
}

TEST(Worker, CountsTheHalvesOfASplitBatch) {
  Stage<StuckSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs());
  record_spans(9);
  const auto flush = session.ask_to_flush();
  const std::vector<ExportBatch> batches = stage.sink->take(1);
  const auto halves = split(batches[0]);
  ASSERT_TRUE(halves.has_value());
  const std::size_t held = g_budget.used();
  stage.sink->post(dropped(halves->second, DropReason::too_large));
  EXPECT_FALSE(flush->wait_until(Clock::now()).has_value());
  stage.sink->post(delivered(halves->first));
  EXPECT_EQ(flush->wait_until(Clock::now() + 20s), true);
  EXPECT_LT(g_budget.used(), held) << "the batch's memory is given back";
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, halves->first.count);
  EXPECT_EQ(counts.dropped[static_cast<std::size_t>(DropReason::too_large)], halves->second.count);
  EXPECT_TRUE(counts.closes());
}

// Threads that record at once, and a worker that comes later: one drain, in order of time.
TEST(Worker, PutsTheRecordsOfAllThreadsInOrder) {
  constexpr int kThreads = 6;
  constexpr int kSpans = 40;
  Stage<DeliveringSink> stage;
  WorkerSession session(stage.mailbox, stage.spans_and_logs(), {.starts_worker = false});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < kSpans; ++i) {
        record_spans(1);
        get_logger("worker").info("log");
        if (i % 10 == 0) std::this_thread::yield();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  session.start_worker();
  ASSERT_TRUE(session.flush());
  std::vector<std::uint64_t> ends;
  std::vector<std::uint64_t> logs;
  for (const ExportBatch& batch : stage.sink->take()) {
    if (batch.signal == Signal::spans) {
      const ReadSpans read = read_spans(batch.request());
      for (const auto& span : read.spans) ends.push_back(span.end_unix_nanoseconds);
    } else {
      const ReadLogs read = read_logs(batch.request());
      for (const auto& log : read.logs) logs.push_back(log.unix_nanoseconds);
    }
  }
  EXPECT_EQ(ends.size(), std::size_t{kThreads} * kSpans);
  EXPECT_EQ(logs.size(), std::size_t{kThreads} * kSpans);
  EXPECT_TRUE(
      std::ranges::is_sorted(ends, {}, [](std::uint64_t end) { return end / 1'000; }));  // rounding apart
  EXPECT_TRUE(std::ranges::is_sorted(logs));
}

TEST(Worker, GivesALogToThePipelinesOfItsLevel) {
  const auto mailbox = std::make_shared<Mailbox>();
  const auto all = std::make_shared<DeliveringSink>(mailbox);
  const auto errors = std::make_shared<DeliveringSink>(mailbox);
  WorkerOptions options;
  options.pipelines = {pipeline_to(all, Signal::logs), pipeline_to(errors, Signal::logs)};
  options.pipelines[0].level = Level::debug;
  options.pipelines[1].level = Level::error;
  WorkerSession session(mailbox, options);
  for (int level = 0; level < 6; ++level) get_logger("worker").log(static_cast<Level>(level), "{}", level);
  ASSERT_TRUE(session.flush());
  EXPECT_EQ(read_logs(all->take().at(0).request()).logs.size(), 5U);
  EXPECT_EQ(read_logs(errors->take().at(0).request()).logs.size(), 2U);
  const Statistics books = session.statistics();
  EXPECT_EQ(books.logs.total.created, 6U);
  EXPECT_EQ(books.logs.total.delivered, 5U);
  EXPECT_EQ(books.logs.total.dropped[static_cast<std::size_t>(DropReason::filtered)], 1U);
  ASSERT_EQ(books.logs.destinations.size(), 2U);
  EXPECT_EQ(books.logs.destinations[0].counts.created, 5U);
  EXPECT_EQ(books.logs.destinations[1].counts.created, 2U);
}

double value_in(const ExportBatch& batch, std::string_view name) {
  const ReadPoints read = read_points(batch.request());
  for (const auto& point : read.points) {
    if (point.name == name) return point.value;
  }
  return -1;
}

TEST(Worker, CollectsMetricsOnEachFlush) {
  Stage<DeliveringSink> stage;
  WorkerOptions options;
  options.pipelines = {pipeline_to(stage.sink, Signal::metric_points, UINT64_MAX)};
  options.readers = {{1h, 0}};
  WorkerSession session(stage.mailbox, options);
  get_meter("worker").counter("worker.counter").add(5);
  ASSERT_TRUE(session.flush());
  get_meter("worker").counter("worker.counter").add(1);
  ASSERT_TRUE(session.flush());
  const auto batches = stage.sink->take();
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(value_in(batches[0], "worker.counter"), 5);
  EXPECT_EQ(value_in(batches[1], "worker.counter"), 6);
  EXPECT_TRUE(session.statistics().metric_points.total.closes());
}

TEST(Worker, CollectsMetricsWhenTheReaderIsDue) {
  Stage<StuckSink> stage;
  WorkerOptions options;
  options.pipelines = {pipeline_to(stage.sink, Signal::metric_points, UINT64_MAX)};
  options.readers = {{2ms, 0}};
  WorkerSession session(stage.mailbox, options);
  get_meter("worker").counter("worker.periodic").add(1);
  for (const ExportBatch& batch : stage.sink->take(3)) stage.sink->post(delivered(batch));
}

}  // namespace
}  // namespace ergon::telemetry::test
