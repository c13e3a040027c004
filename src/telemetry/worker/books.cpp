#include "telemetry/worker/books.hpp"

#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

ThreadTotals thread_totals(Signal signal) {
  ThreadTotals totals;
  if (signal == Signal::metric_points) return totals;
  for (ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    const SignalTally& tally = block->tally(signal);
    totals.created += tally.created.get();
    totals.sampled_out += tally.sampled_out.get();
    totals.enqueued += tally.enqueued.get();
    for (std::size_t i = 0; i < kDropReasons; ++i) totals.dropped[i] += tally.dropped[i].get();
    if (signal != Signal::spans) continue;
    for (std::size_t i = 0; i < SpanStart::kKinds; ++i) totals.starts[i] += block->span_starts[i].get();
  }
  return totals;
}

Statistics make_statistics(const AllBooks& books, const Baseline& baseline) {
  std::array<SignalStatistics, kSignals> signals;
  for (std::size_t i = 0; i < kSignals; ++i) {
    const WorkerBooks& book = books[i];
    const ThreadTotals now = thread_totals(static_cast<Signal>(i));
    Counts counts = book.settled;
    counts.created = now.created - baseline[i].created + book.points;
    counts.sampled_out = now.sampled_out - baseline[i].sampled_out + book.sampled_out;
    counts.queued += now.enqueued - book.drained;
    for (std::size_t reason = 0; reason < kDropReasons; ++reason) {
      counts.dropped[reason] += now.dropped[reason] - baseline[i].dropped[reason];
    }
    signals[i] = {counts, book.destinations};
  }
  return {std::move(signals[0]), std::move(signals[1]), std::move(signals[2])};
}

Statistics make_final_statistics(const AllBooks& books, const Baseline& baseline) {
  Statistics statistics = make_statistics(books, baseline);
  for (SignalStatistics* signal : {&statistics.spans, &statistics.logs, &statistics.metric_points}) {
    signal->total.dropped[static_cast<std::size_t>(DropReason::shutdown)] += signal->total.queued;
    signal->total.queued = 0;
  }
  return statistics;
}

Baseline take_baseline() {
  Baseline baseline;
  for (std::size_t i = 0; i < kSignals; ++i) {
    ThreadTotals& totals = baseline[i];
    totals = thread_totals(static_cast<Signal>(i));
    totals.created = totals.sampled_out + totals.enqueued;
    for (const std::uint64_t count : totals.dropped) totals.created += count;
  }
  return baseline;
}

}  // namespace ergon::inline v0::telemetry
