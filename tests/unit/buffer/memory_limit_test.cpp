#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/worker/worker.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// What the bound of all telemetry memory means to the program: by way of the public calls.
namespace ergon::telemetry::test {
namespace {

using ergon::test::MemorySession;

WorkerOptions all_to(const std::shared_ptr<Sink>& sink) {
  WorkerOptions options;
  options.pipelines = {pipeline_to(sink, Signal::spans), pipeline_to(sink, Signal::logs)};
  return options;
}

std::uint64_t dropped(const SignalStatistics& signal, DropReason reason) {
  return signal.total.dropped[static_cast<std::size_t>(reason)];
}

TEST(MemoryLimit, KeepsTheShareOfSpansFromAFloodOfLogs) {
  const auto mailbox = std::make_shared<Mailbox>();
  const auto sink = std::make_shared<StuckSink>(mailbox);
  WorkerSession session(mailbox, all_to(sink), {.memory_limit = 2U << 20U});
  const Logger log = get_logger("flood");
  const std::string text(500, 'x');
  for (int i = 0; i < 20'000; ++i) {
    log.info("{}", text);
    ASSERT_LE(g_budget.used(), (1U << 20U) + Ring::kFirstSegment);
  }
  EXPECT_GT(session.statistics().logs.total.queued, 0U);  // the worker has come as far as this
  const Tracer tracer = get_tracer("flood");
  for (int i = 0; i < 100; ++i) const auto span = tracer.scoped_span("still there");
  session.flush(std::chrono::milliseconds(0));
  const Statistics books = session.stop();
  EXPECT_GT(dropped(books.logs, DropReason::queue_full), 0U);
  EXPECT_EQ(books.spans.total.created, 100U);
  EXPECT_EQ(dropped(books.spans, DropReason::queue_full), 0U);
  EXPECT_TRUE(books.logs.total.closes() && books.spans.total.closes());
}

TEST(MemoryLimit, HoldsWithAThousandThreads) {
  constexpr int kThreads = 1'000;
  constexpr int kRecords = 20;
  constexpr std::size_t kLimit = 12U << 20U;  // not a first segment for each
  const auto mailbox = std::make_shared<Mailbox>();
  const auto sink = std::make_shared<DeliveringSink>(mailbox);
  WorkerSession session(mailbox, all_to(sink), {.memory_limit = kLimit, .starts_worker = false});
  const Logger log = get_logger("crowd");
  const Tracer tracer = get_tracer("crowd");
  std::latch all_alive(kThreads);
  std::atomic<std::size_t> most_used{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kRecords; ++n) {
        const auto span = tracer.scoped_span("one of many", {{"n", n}});
        log.info("record {}", n);
      }
      const std::size_t used = g_budget.used();
      if (used > most_used) most_used = used;
      all_alive.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  session.start_worker();
  EXPECT_TRUE(session.flush());
  const Statistics books = session.stop();
  EXPECT_LE(most_used, kLimit);
  EXPECT_GT(most_used, kLimit / 8);
  for (const SignalStatistics& signal : {books.spans, books.logs}) {
    EXPECT_EQ(signal.total.created, std::uint64_t{kThreads} * kRecords);
    EXPECT_TRUE(signal.total.closes());
    EXPECT_EQ(signal.total.delivered + dropped(signal, DropReason::queue_full), signal.total.created);
    EXPECT_GT(signal.total.delivered, 0U);
  }
}

TEST(MemoryLimit, LeavesNothingTakenWhenAllWasDelivered) {
  std::size_t before = 0;
  {
    MemorySession session;
    get_logger("a").info("the ring of this thread exists");
    session.flush();
    before = g_budget.used();
    for (int i = 0; i < 1'000; ++i) {
      get_logger("a").info("{}", std::string(200, 'x'));
      if (i % 50 == 0) session.flush();
    }
    EXPECT_TRUE(session.stop());
    EXPECT_TRUE(session.statistics().logs.total.closes());
  }
  EXPECT_LE(g_budget.used(), before + (64U << 10U)) << "rings may have grown, batches are given back";
}

// Larger than a ring's segment takes: they travel by pointer.
TEST(LargeRecord, ArrivesWhole) {
  MemorySession session;
  const Logger log = get_logger("large");
  const Tracer tracer = get_tracer("large");
  std::vector<std::string> texts;
  for (const std::size_t size : {1'900U, 2'000U, 2'048U, 5'000U, 70'000U, 1'500'000U}) {
    std::string text;
    while (text.size() < size) text += std::to_string(text.size()) + " ";
    texts.push_back(text);
    log.info("{}", text);
    const auto span = tracer.scoped_span("s", {{"text", text}});
  }
  std::string all_logs;
  for (const std::string& request : session.take(Signal::logs)) all_logs += request;
  for (const std::string& text : texts) EXPECT_NE(all_logs.find(text), std::string::npos) << text.size();
  EXPECT_TRUE(session.stop());
  const Statistics books = session.statistics();
  EXPECT_EQ(books.logs.total.delivered, texts.size());
  EXPECT_EQ(books.spans.total.delivered, texts.size());
}

TEST(LargeRecord, IsRefusedWhereTheMemoryEnds) {
  MemorySession session(ergon::test::everything(), {.memory_limit = 1U << 20U});
  const std::string text(700'000, 'x');  // more than the logs' half
  for (int i = 0; i < 10; ++i) get_logger("large").info("{}", text);
  session.flush();
  const Statistics books = session.statistics();
  EXPECT_EQ(dropped(books.logs, DropReason::queue_full), 10U);
  EXPECT_TRUE(books.logs.total.closes());
}

void record_far_too_much_before_start() {
  const Logger log = get_logger("early");
  const Tracer tracer = get_tracer("early");
  const std::string text(100, 'x');
  for (int i = 0; i < 10'000; ++i) {
    const auto span = tracer.scoped_span("early");
    log.info("{} {}", i, text);
    EXPECT_LE(g_budget.used(), kPrestartBytes);
  }
  MemorySession session;
  session.flush();
  const Statistics books = session.statistics();
  for (const SignalStatistics& signal : {books.spans, books.logs}) {
    EXPECT_EQ(signal.total.created, 10'000U);
    EXPECT_GT(signal.total.delivered, 100U);
    EXPECT_EQ(signal.total.delivered + dropped(signal, DropReason::prestart_full), 10'000U);
    EXPECT_TRUE(signal.total.closes());
  }
}

TEST(MemoryLimit, Holds256KiBBeforeASessionStarts) {
  ergon::test::run_in_fresh_process(&record_far_too_much_before_start);
}

}  // namespace
}  // namespace ergon::telemetry::test
