#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "support/allocation_count.hpp"
#include "telemetry/sampling/make_sampler.hpp"
#include "unit/support_engine/sinks.hpp"
#include "unit/support_engine/worker_session.hpp"

// What the worker does with spans whose local root it waits for.
namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;

class KeptSpans : public ::testing::Test {
 protected:
  KeptSpans() : sampler_(make_sampler(AlwaysRecord{AlwaysOn{}})) { g_recording.sampler = sampler_.get(); }
  ~KeptSpans() override { g_recording.sampler = nullptr; }

  [[nodiscard]] static WorkerOptions options(const std::shared_ptr<Sink>& sink) {
    WorkerOptions options;
    options.pipelines = {pipeline_to(sink, Signal::spans, 16)};
    options.keep = KeepOptions{.threshold = kNeverSampled};
    return options;
  }

  static void record_failed(const std::string& text, int children) {
    auto root = get_tracer("kept").scoped_span("root", {{"text", text}});
    for (int i = 0; i < children; ++i)
      const auto child = get_tracer("kept").scoped_span("child", {{"text", text}});
    root.set_status(StatusCode::error);
  }

  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();

 private:
  std::unique_ptr<const SpanSampler> sampler_;
};

TEST_F(KeptSpans, WaitForRoomUnderPolicyBlockConcurrentSafe) {
  constexpr std::uint64_t kTraces = 1'000;
  constexpr int kChildren = 4;
  constexpr int kThreads = 3;
  const auto sink = std::make_shared<StuckSink>(mailbox_);
  WorkerSession session(mailbox_, options(sink), {.memory_limit = 1U << 20U, .max_block = 60s});
  std::atomic<bool> is_done{false};
  std::thread answering([&] {
    while (!is_done) {
      for (const ExportBatch& batch : sink->take(0)) sink->post(delivered(batch));
      std::this_thread::sleep_for(1ms);
    }
  });
  const std::string text(500, 'x');
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < kTraces; ++i) record_failed(text, kChildren);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(session.flush());
  is_done = true;
  answering.join();
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, kThreads * (1 + kChildren) * kTraces);
  EXPECT_EQ(counts.dropped_total(), 0U);
  EXPECT_TRUE(counts.closes());
}

// More than twice the limit below local roots that go on, seen from the heap and not from the budget's books.
TEST_F(KeptSpans, TakeNoMoreMemoryThanTheSessionMay) {
  constexpr std::size_t kMemory = 4U << 20U;
  const std::string text(500, 'x');
  WorkerSession session(mailbox_, options(std::make_shared<DeliveringSink>(mailbox_)),
                        {.memory_limit = kMemory, .max_block = 60s});
  const std::size_t before = ergon::test::heap_bytes();
  if (before == 0) GTEST_SKIP() << "a sanitizer has the allocator";
  std::vector<Span> roots;
  for (int i = 0; i < 8; ++i) roots.push_back(get_tracer("kept").start_span("root", {}, {.root = true}));
  std::size_t most = 0;
  for (int i = 0; i < 2'000; ++i) {
    for (const Span& root : roots) {
      const SpanContext parent = root.context();
      get_tracer("kept").start_span("child", {{"text", text}}, {.parent = &parent}).end();
    }
    most = std::max(most, ergon::test::heap_bytes() - before);
  }
  EXPECT_TRUE(session.flush());
  EXPECT_LE(most, kMemory);
  const Counts counts = session.statistics().spans.total;
  EXPECT_GT(counts.dropped[static_cast<std::size_t>(DropReason::keep_full)], 10'000U);
  EXPECT_GT(counts.queued, 100U);
  EXPECT_TRUE(counts.closes());
}

// As that of one whose end was lost does: how long its spans wait says nothing of it.
TEST_F(KeptSpans, AreNotSlowForHavingWaited) {
  WorkerOptions slow = options(std::make_shared<DeliveringSink>(mailbox_));
  slow.keep->slower_than = 0ns;
  WorkerSession session(mailbox_, slow);
  const auto root = get_tracer("kept").start_span("root");
  const SpanContext parent = root.context();
  const auto now = std::chrono::system_clock::now();
  get_tracer("kept").start_span("child", {}, {.parent = &parent, .start_time = now}).end(now);
  EXPECT_TRUE(session.flush());
  const Counts counts = session.stop().spans.total;
  EXPECT_EQ(counts.sampled_out, 1U);
  EXPECT_EQ(counts.delivered, 0U);
}

TEST_F(KeptSpans, AreDroppedWithTheSinksAtAStopThatCameTooLate) {
  const auto sink = std::make_shared<StuckSink>(mailbox_);
  WorkerSession session(mailbox_, options(sink));
  auto root = get_tracer("kept").start_span("root");
  const SpanContext parent = root.context();
  {
    auto child = get_tracer("kept").start_span("child", {}, {.parent = &parent});
    child.set_status(StatusCode::error);
  }
  const Counts counts = session.stop().spans.total;
  EXPECT_EQ(counts.dropped[static_cast<std::size_t>(DropReason::shutdown)], 1U);
  EXPECT_EQ(counts.queued, 0U);
  EXPECT_TRUE(counts.closes());
}

}  // namespace
}  // namespace ergon::telemetry::test
