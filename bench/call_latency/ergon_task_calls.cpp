#include <ergon/testing/recording.hpp>

#include "ergon_session.hpp"
#include "task/enqueue_time.hpp"
#include "task/task_metrics.hpp"

namespace ergon::bench {

namespace {

using detail::Clock;

// All that a transaction without handlers counts when it succeeds, inside its span, which is sampled.
class TransactionMetrics final : public Side {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      const auto in_flight = metrics_.transaction_in_flight();
      if (const auto waited = detail::time_in_queue(metadata_)) metrics_.count_queue_time(*waited);
      metrics_.stage(detail::Stage::process).count(kTaken, detail::Outcome::ok);
      metrics_.count_process(kTaken, nullptr);
      metrics_.count_transaction(kTaken, detail::TransactionStatus::success, nullptr);
    }
  }
  void settle() override {}
  // Each is two counters and three histograms; what was in flight is no more.
  bool has_delivered(std::uint64_t calls) override {
    current_.end();
    double counted = 0;
    const testing::Recording recording = recorder_.stop();
    for (const testing::RecordedPoint& point : recording.points())
      counted += point.kind == testing::PointKind::sum ? point.value : static_cast<double>(point.count);
    return counted == 5 * static_cast<double>(calls);
  }

 private:
  static constexpr Clock::duration kTaken = std::chrono::microseconds(300);

  testing::Recorder recorder_{"bench"};
  ScopedSpan current_ = get_tracer("bench").scoped_span("transaction");
  Metadata metadata_{};
  detail::TelemetryNames names_{.task = "Bench", .connector = "orders", .messaging_system = "jsonl"};
  detail::MessagingSpans messaging_{names_.messaging_system, names_.connector};
  detail::TaskMetrics metrics_{get_meter("bench.task"), names_, messaging_.transaction,
                               /*is_streaming=*/false};
};

}  // namespace

std::unique_ptr<Side> ergon_transaction_metrics() { return std::make_unique<TransactionMetrics>(); }

}  // namespace ergon::bench
