#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/worker/worker.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// What a flush waits for, and what not, while destinations are slow and recording waits for them.
namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMemory = 4U << 20U;
constexpr int kMany = 60'000;  // spans: several times what rings and batches hold of that memory

constexpr std::uint64_t kBatch = 4'096;  // more than a pass looks at again, and fewer than wait behind them

// A stuck sink whose batches a thread answers for, one in a while.
class SlowDestination {
 public:
  explicit SlowDestination(std::shared_ptr<ResultInbox> results)
      : sink(std::make_shared<StuckSink>(std::move(results))) {}

  const std::shared_ptr<StuckSink> sink;

 private:
  void answer(const std::stop_token& stop) const {
    while (!stop.stop_requested()) {
      for (const ExportBatch& batch : sink->take(0)) {
        std::this_thread::sleep_for(10ms);
        sink->post(delivered(batch));
      }
      std::this_thread::sleep_for(100us);
    }
  }

  std::jthread answering_{[this](const std::stop_token& stop) { answer(stop); }};
};

void record_spans(int count) {
  const Tracer tracer = get_tracer("flush");
  for (int i = 0; i < count; ++i) const auto span = tracer.scoped_span("span");
}

WorkerOptions one_pipeline(const std::shared_ptr<Sink>& sink) {
  WorkerOptions options;
  options.pipelines = {pipeline_to(sink, Signal::spans, kBatch)};
  return options;
}

TEST(Flush, WaitsForAllThatWasHeldBackInTheRings) {
  const auto mailbox = std::make_shared<Mailbox>();
  SlowDestination slow(mailbox);
  WorkerSession session(mailbox, one_pipeline(slow.sink), {.memory_limit = kMemory, .max_block = 60s});
  for (int round = 0; round < 3; ++round) {
    record_spans(kMany);
    ASSERT_TRUE(session.flush());
    const Counts spans = session.statistics().spans.total;
    EXPECT_EQ(spans.queued, 0U) << "in round " << round;
    EXPECT_EQ(spans.delivered, static_cast<std::uint64_t>(kMany) * (round + 1U));
  }
}

TEST(Flush, WaitsForTheRingsOfAllThreads) {
  const auto mailbox = std::make_shared<Mailbox>();
  SlowDestination slow(mailbox);
  WorkerSession session(mailbox, one_pipeline(slow.sink), {.memory_limit = kMemory, .max_block = 60s});
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) threads.emplace_back(&record_spans, kMany / 4);
  threads.clear();
  ASSERT_TRUE(session.flush());
  EXPECT_EQ(session.statistics().spans.total.delivered, static_cast<std::uint64_t>(kMany));
}

TEST(Flush, WaitsForNothingThatWasRecordedAfterIt) {
  const auto mailbox = std::make_shared<Mailbox>();
  SlowDestination slow(mailbox);
  WorkerSession session(mailbox, one_pipeline(slow.sink), {.memory_limit = kMemory, .max_block = 60s});
  std::jthread recording([](const std::stop_token& stop) {
    while (!stop.stop_requested()) record_spans(100);
  });
  for (int round = 0; round < 3; ++round) EXPECT_TRUE(session.flush()) << "in round " << round;
}

TEST(Flush, WaitsForNoSpanThatWasKeptAfterIt) {
  const auto mailbox = std::make_shared<Mailbox>();
  SlowDestination slow(mailbox);
  WorkerOptions options = one_pipeline(slow.sink);
  options.keep = KeepOptions{.threshold = kAlwaysSampled};
  WorkerSession session(mailbox, options, {.memory_limit = kMemory, .max_block = 60s});
  std::jthread recording([](const std::stop_token& stop) {
    while (!stop.stop_requested()) record_spans(100);
  });
  for (int round = 0; round < 3; ++round) EXPECT_TRUE(session.flush()) << "in round " << round;
}

TEST(Flush, OfASimpleProcessorWaitsForNoOtherSignal) {
  const auto mailbox = std::make_shared<Mailbox>();
  const auto stuck = std::make_shared<StuckSink>(mailbox);
  const auto healthy = std::make_shared<DeliveringSink>(mailbox);
  WorkerOptions options = one_pipeline(stuck);
  options.pipelines.push_back(pipeline_to(healthy, Signal::logs, 1));
  options.pipelines.back().is_simple = true;
  WorkerSession session(mailbox, options, {.memory_limit = kMemory, .max_block = 60s});
  std::jthread recording(&record_spans, kMany);
  static_cast<void>(stuck->take(1));
  // By now, or a little later, spans fill the rings, and none goes on.
  for (std::uint64_t number = 1; number <= 50; ++number) {
    get_logger("flush").info("one");
    EXPECT_TRUE(session.flush_simple(Signal::logs));
    EXPECT_EQ(session.statistics().logs.total.delivered, number);
    if (HasFailure()) break;
  }
  session.stop();
}

TEST(Flush, OfLogsBehindManyHeldBackSpansIsSoon) {
  const auto mailbox = std::make_shared<Mailbox>();
  const auto stuck = std::make_shared<StuckSink>(mailbox);
  const auto healthy = std::make_shared<DeliveringSink>(mailbox);
  WorkerOptions options = one_pipeline(stuck);
  options.pipelines.push_back(pipeline_to(healthy, Signal::logs));
  WorkerSession session(mailbox, options, {.memory_limit = kMemory, .max_block = 60s});
  std::jthread recording([] {
    for (int i = 0; i < kMany; ++i) {
      record_spans(1);
      if (i % 10 == 0) get_logger("flush").info("among spans");
    }
  });
  // The spans' destination takes none, so that most stay in the rings; the logs that lie between those go on.
  const auto end = Clock::now() + 20s;
  Statistics books;
  do {
    session.flush(200ms);
    books = session.statistics();
  } while (Clock::now() < end && (books.spans.total.queued <= Drain::kMostHeldBack ||
                                  books.logs.total.delivered == 0 || books.logs.total.queued > 0));
  EXPECT_FALSE(session.flush(200ms)) << "spans wait";
  EXPECT_GT(books.spans.total.queued, Drain::kMostHeldBack);
  EXPECT_EQ(books.logs.total.queued, 0U);
  EXPECT_GT(books.logs.total.delivered, 0U);
  session.stop();
}

}  // namespace
}  // namespace ergon::telemetry::test
