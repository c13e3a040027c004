#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <ergon/telemetry.hpp>

#include "bench.hpp"
#include "cpu_seconds.hpp"
#include "unit/support_engine/worker_session.hpp"

namespace bench {

namespace {

using namespace std::chrono_literals;
using namespace ergon;
using namespace ergon::telemetry;

constexpr std::uint64_t kSpans = 2'000'000;
constexpr std::uint64_t kBatch = 512;

// Takes every request at once. Only the worker calls it.
class CountingSink final : public Sink {
 public:
  explicit CountingSink(std::shared_ptr<ResultInbox> results) : results_(std::move(results)) {}
  void submit(ExportBatch batch) override {
    taken_ += batch.count;
    results_->post({batch.id, batch.pipeline, batch.count, 0, 0, {}});
  }
  void stop() override {}
  [[nodiscard]] std::uint64_t taken() const { return taken_; }

 private:
  std::shared_ptr<ResultInbox> results_;
  std::uint64_t taken_{0};  // read once the worker is gone
};

void record() {
  const Tracer tracer = get_tracer("bench");
  const std::string order("order-000042");
  const std::string currency("EUR");
  const std::string customer("customer-7");
  for (std::uint64_t i = 0; i < kSpans; ++i) {
    const auto span = tracer.scoped_span(
        "payment.charge", {{"order.id", order}, {"currency", currency}, {"customer.id", customer}});
  }
}

// Whether all that was lost was counted, under the one reason there is for it.
bool is_accounted(const Counts& books, std::uint64_t taken) {
  const std::uint64_t full = books.dropped[static_cast<std::size_t>(DropReason::queue_full)];
  return books.closes() && books.created == kSpans && books.delivered == taken && taken + full == kSpans;
}

// Without `max_block` the newest are dropped.
Result run(std::chrono::nanoseconds max_block, std::size_t memory_limit) {
  const auto mailbox = std::make_shared<Mailbox>();
  const auto sink = std::make_shared<CountingSink>(mailbox);
  WorkerOptions options;
  options.pipelines = {telemetry::test::pipeline_to(sink, Signal::spans, kBatch)};
  telemetry::test::WorkerSession session(mailbox, options,
                                         {.memory_limit = memory_limit, .max_block = max_block});
  const double cpu_before = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  record();
  const bool was_flushed = session.flush(60s);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  const double cpu = cpu_seconds() - cpu_before;
  const Counts books = session.stop().spans.total;
  const auto taken = static_cast<double>(sink->taken());
  return {.per_second = taken / time.count(),
          .cpu_nanoseconds = cpu * 1e9 / taken,
          .lost = kSpans - sink->taken(),
          .is_accounted = was_flushed && is_accounted(books, sink->taken())};
}

}  // namespace

Result record_to_worker() { return run(10s, 64U << 20U); }
Result record_to_worker_drop_newest() { return run(0s, 1U << 20U); }

}  // namespace bench
