// otlp_load ENDPOINT SPANS: one span to connect, then so many, in requests of 4,096; where memory is full,
// recording waits.
#include "otlp_load.hpp"

#include <cstdlib>
#include <string>

#include <ergon/telemetry.hpp>

namespace {

using namespace std::chrono_literals;
using namespace ergon;

void record(std::uint64_t spans) {
  const Tracer tracer = get_tracer("bench");
  const std::string currency("EUR");
  const std::string customer("customer-7");
  bench::OrderId order;
  for (std::uint64_t i = 0; i < spans; ++i) {
    const auto span = tracer.scoped_span(
        "payment.charge", {{"order.id", order.next()}, {"currency", currency}, {"customer.id", customer}});
  }
}

void tell_losses(const telemetry::Counts& books) {
  if (books.rejected > 0)
    std::fprintf(stderr, "rejected: %llu\n", static_cast<unsigned long long>(books.rejected));
  if (books.queued > 0) std::fprintf(stderr, "queued: %llu\n", static_cast<unsigned long long>(books.queued));
  for (std::size_t i = 0; i < telemetry::kDropReasons; ++i) {
    if (books.dropped[i] == 0) continue;
    const std::string reason(telemetry::drop_reason_name(static_cast<telemetry::DropReason>(i)));
    std::fprintf(stderr, "%s: %llu\n", reason.c_str(), static_cast<unsigned long long>(books.dropped[i]));
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const std::uint64_t spans = std::strtoull(arguments[2], nullptr, 10);
  const BatchSpanProcessor batches{.max_export_batch_size = bench::kRequestSpans,
                                   .exporter = OtlpGrpcExporter{.endpoint = arguments[1]}};
  auto session =
      telemetry::start({.service_name = "bench", .tracing = TracingConfig{.processors = {batches}}},
                       {.on_full = telemetry::OnFull::block, .max_block = 60s});
  if (!session) return 1;
  record(1);
  if (!session.flush(10s)) return 1;
  const bench::Stopwatch watch;
  record(spans);
  const bool is_flushed = session.flush(120s);
  const telemetry::Counts books = session.statistics().spans.total;
  tell_losses(books);
  watch.print(books.delivered - 1, is_flushed && books.closes() && books.created == spans + 1);
}
