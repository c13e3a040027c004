// What the worker enters into the books.
#include "telemetry/worker/worker.hpp"

namespace ergon::telemetry {

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

}  // namespace ergon::telemetry
