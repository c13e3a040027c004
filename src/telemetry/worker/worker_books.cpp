// What the worker enters into the books.
#include "telemetry/worker/worker.hpp"

#include <algorithm>

#include "base/diagnostic.hpp"

namespace ergon::inline v0::telemetry {

AllBooks Worker::make_books() const {
  AllBooks books;
  for (std::size_t i = 0; i < kSignals; ++i) {
    books[i].settled = ledgers_[i].counts();
    books[i].drained = drained_[i];
  }
  books[static_cast<std::size_t>(Signal::spans)].sampled_out = sampled_out_;
  add_held(books);
  books[static_cast<std::size_t>(Signal::metric_points)].points = points_;
  for (const Pipeline& pipeline : pipelines_) {
    const auto signal = static_cast<std::size_t>(pipeline.options().signal);
    books[signal].destinations.push_back({pipeline.options().name, pipeline.counts()});
  }
  return books;
}

// What waits for the end of its local root, or did.
void Worker::add_held(AllBooks& books) const {
  constexpr auto kFull = static_cast<std::size_t>(DropReason::keep_full);
  if (tail_) {
    WorkerBooks& spans = books[static_cast<std::size_t>(Signal::spans)];
    spans.sampled_out += tail_->sampled_out();
    spans.settled.queued += tail_->held();
    spans.settled.dropped[kFull] += tail_->evicted();
  }
  if (replay_) {
    WorkerBooks& logs = books[static_cast<std::size_t>(Signal::logs)];
    logs.sampled_out += replay_->left_out();
    logs.settled.queued += replay_->held();
    logs.settled.dropped[kFull] += replay_->evicted();
  }
}

Worker::Held Worker::held(Signal signal) const {
  if (signal == Signal::spans && tail_) return {tail_->held(), tail_->evicted()};
  if (signal == Signal::logs && replay_) return {replay_->held(), replay_->evicted()};
  return {};
}

// Of the threads' counts, `created` may be behind the others, which are read after it.
EarlyRecords Worker::early_records(Signal signal, const ThreadTotals& now) const {
  const auto index = static_cast<std::size_t>(signal);
  const ThreadTotals& before = baseline_[index];
  const Held kept = held(signal);
  EarlyRecords records{.created = now.created - before.created,
                       .waiting = now.enqueued - drained_[index] + kept.waiting};
  std::uint64_t unfinished = kept.waiting + kept.evicted;
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    records.lost[i] = now.dropped[i] - before.dropped[i];
    if (i == static_cast<std::size_t>(DropReason::filtered)) continue;  // nobody wanted those
    records.lost[i] += ledgers_[index].unoffered()[i];
    unfinished += ledgers_[index].unoffered()[i];
  }
  records.lost[static_cast<std::size_t>(DropReason::keep_full)] += kept.evicted;
  const std::uint64_t drained = drained_[index] - drained_before_[index];
  records.passed_on = now.sampled_out - before.sampled_out + (drained - std::min(drained, unfinished));
  return records;
}

// A recorded span has ended when it is among those created; one of the parent's of a fork never began here.
SdkReading Worker::read_self() const {
  const ThreadTotals spans = thread_totals(Signal::spans);
  const ThreadTotals& before = baseline_[static_cast<std::size_t>(Signal::spans)];
  SdkReading reading{.spans = early_records(Signal::spans, spans),
                     .logs = early_records(Signal::logs, thread_totals(Signal::logs))};
  std::uint64_t began = 0;
  for (std::size_t kind = 0; kind < SpanStart::kKinds; ++kind) {
    reading.starts[kind] = spans.starts[kind] - before.starts[kind];
    began += spans.starts[kind];
  }
  const std::uint64_t of_parent = spans.dropped[static_cast<std::size_t>(DropReason::fork)];
  const std::uint64_t ended = spans.created - std::min(spans.created, of_parent);
  reading.live = began - std::min(began, ended);
  return reading;
}

void Worker::add_sdk_metrics(ObservedValues& observed) const noexcept {
  if (!sdk_metrics_) return;
  base::guard("telemetry: its own metrics could not be collected",
              [&] { sdk_metrics_->add_to(observed, read_self(), pipelines_); });
}

}  // namespace ergon::inline v0::telemetry
