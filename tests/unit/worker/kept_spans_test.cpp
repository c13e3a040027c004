#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <ergon/telemetry.hpp>

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

  static void record_failed(const std::string& text) {
    auto root = get_tracer("kept").scoped_span("root", {{"text", text}});
    const auto child = get_tracer("kept").scoped_span("child", {{"text", text}});
    root.set_status(StatusCode::error);
  }

  std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();

 private:
  std::unique_ptr<const SpanSampler> sampler_;
};

TEST_F(KeptSpans, WaitForRoomUnderPolicyBlockConcurrentSafe) {
  constexpr std::size_t kMemory = 1U << 20U;
  constexpr std::uint64_t kTraces = 2'000;
  const auto sink = std::make_shared<StuckSink>(mailbox_);
  WorkerSession session(mailbox_, options(sink), {.memory_limit = kMemory, .max_block = 60s});
  std::atomic<bool> is_done{false};
  std::atomic<std::size_t> most_used{0};
  std::thread answering([&] {
    while (!is_done) {
      most_used = std::max(most_used.load(), g_budget.used());
      for (const ExportBatch& batch : sink->take(0)) sink->post(delivered(batch));
      std::this_thread::sleep_for(1ms);
    }
  });
  const std::string text(500, 'x');
  for (std::uint64_t i = 0; i < kTraces; ++i) record_failed(text);
  EXPECT_TRUE(session.flush());
  is_done = true;
  answering.join();
  const Counts counts = session.statistics().spans.total;
  EXPECT_EQ(counts.delivered, 2 * kTraces);
  EXPECT_EQ(counts.dropped_total(), 0U);
  EXPECT_TRUE(counts.closes());
  EXPECT_LE(most_used, kMemory);
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
