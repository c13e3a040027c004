#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <ergon/telemetry.hpp>

#include "unit/support_engine/worker_session.hpp"

// How many spans a second get from one recording thread to requests that are ready to be sent: whole engine,
// but for the network.
namespace {

using namespace std::chrono_literals;
using namespace ergon;
using namespace ergon::telemetry;

constexpr std::uint64_t kSpans = 2'000'000;
constexpr std::uint64_t kBatch = 512;

struct Bench {
  const char* name;
  std::chrono::nanoseconds max_block;  // 0: drop_newest
  std::size_t memory_limit;
};

constexpr std::array kBenches{Bench{"record_to_worker", 10s, 64U << 20U},
                              Bench{"record_to_worker_drop_newest", 0s, 1U << 20U}};

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

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

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

bool run(const Bench& bench, bool as_json_lines) {
  const auto mailbox = std::make_shared<Mailbox>();
  const auto sink = std::make_shared<CountingSink>(mailbox);
  WorkerOptions options;
  options.pipelines = {telemetry::test::pipeline_to(sink, Signal::spans, kBatch)};
  telemetry::test::WorkerSession session(mailbox, options,
                                         {.memory_limit = bench.memory_limit, .max_block = bench.max_block});
  const double cpu_before = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  record();
  const bool was_flushed = session.flush(60s);
  const std::chrono::duration<double> taken_time = std::chrono::steady_clock::now() - begin;
  const double cpu = cpu_seconds() - cpu_before;
  const Counts books = session.stop().spans.total;
  const auto taken = static_cast<double>(sink->taken());
  const char* const form = as_json_lines
                               ? "{\"bench\":\"%s\",\"per_second\":%.0f,\"cpu_ns\":%.1f,\"lost\":%llu}\n"
                               : "%-32s %10.0f spans/s  %6.1f ns of CPU each  %llu lost\n";
  std::printf(form, bench.name, taken / taken_time.count(), cpu * 1e9 / taken,
              static_cast<unsigned long long>(kSpans - sink->taken()));
  std::fflush(stdout);
  if (was_flushed && is_accounted(books, sink->taken())) return true;
  std::fprintf(stderr, "%s: the books do not close on it\n", bench.name);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Spans a second from a recording thread to requests that are ready to be sent");
  bool as_json_lines = false;
  std::string filter;
  app.add_flag("--json", as_json_lines, "a JSON object a line");
  app.add_option("--filter", filter, "run only the bench of this name");
  CLI11_PARSE(app, argc, argv);
  bool all_accounted = true;
  bool found = false;
  for (const Bench& bench : kBenches) {
    if (!filter.empty() && filter != bench.name) continue;
    found = true;
    all_accounted &= run(bench, as_json_lines);
  }
  if (!found) std::fprintf(stderr, "no bench is named %s\n", filter.c_str());
  return !found ? 2 : all_accounted ? 0 : 1;
}
