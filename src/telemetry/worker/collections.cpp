// The worker's collections of metrics.
#include "base/diagnostic.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::inline v0::telemetry {

void Worker::finish_collections() {
  const std::uint64_t now =
      wall_clock_.unix_nanoseconds(base::TickSource::monotonic, base::monotonic_nanoseconds());
  readers_.finish(
      now_, now, [this](ObservedValues& observed) { add_sdk_metrics(observed); },
      [this](const MetricReaders::Collection& collection) {
        deliver(pipelines_[collection.pipeline], collection.metrics);
        if (sdk_metrics_)
          sdk_metrics_->record_collection(collection.reader, collection.duration,
                                          collection.is_complete ? "" : "timeout");
      });
}

// The collector cuts metrics where a request is full; after one that went for its bytes, or a metric that was
// dropped, the cuts are elsewhere.
void Worker::deliver(Pipeline& pipeline, const std::vector<CollectedMetric>& metrics) {
  for (const CollectedMetric& metric : metrics) {
    points_ += metric.points;
    if (pipeline.would_exceed(metric.points))
      base::guard("telemetry: a batch could not be sent", [&] { send(pipeline); });
    offer_to(pipeline, *metric.scope, metric.message,
             {ledger(Signal::metric_points).open(metric.points, 1), metric.points});
  }
  send(pipeline);
}

// A crash calls no code of the program's: it may wait for what the crashed thread holds. A session's end
// gives it a part of its own time only.
bool Worker::has_collected(PendingFlush& flush) {
  constexpr std::chrono::seconds kAtTheEnd{1};
  if (!flush.collection) {
    const bool is_crash = flush.asked.done == nullptr;
    const auto most =
        flush.asked.is_last ? std::chrono::nanoseconds(kAtTheEnd) : std::chrono::nanoseconds::max();
    readers_.begin_all(now_, is_crash ? std::chrono::nanoseconds(0) : most);
    flush.collection = readers_.latest();
    finish_collections();
  }
  return readers_.has_finished(*flush.collection);
}

}  // namespace ergon::inline v0::telemetry
