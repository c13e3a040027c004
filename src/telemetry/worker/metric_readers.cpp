#include "telemetry/worker/metric_readers.hpp"

#include <algorithm>
#include <utility>

#include "base/event_descriptor.hpp"

namespace ergon::inline v0::telemetry {

MetricReaders::MetricReaders(const std::vector<ReaderOptions>& readers, Clock::time_point now,
                             int wake_descriptor)
    : wake_descriptor_(wake_descriptor) {
  for (const ReaderOptions& one : readers)
    readers_.push_back({one, now + one.interval, MetricCollector(one.reader)});
}

void MetricReaders::begin_due(Clock::time_point now) {
  for (Reader& reader : readers_) {
    if (reader.next <= now) begin(reader, now, reader.options.timeout);
  }
}

void MetricReaders::begin_all(Clock::time_point now, std::chrono::nanoseconds most) {
  for (Reader& reader : readers_) begin(reader, now, std::min(most, reader.options.timeout));
}

void MetricReaders::begin(Reader& reader, Clock::time_point now, std::chrono::nanoseconds most) {
  reader.next = now + reader.options.interval;
  const Clock::time_point deadline = now + most;
  if (reader.collection != 0) {
    reader.deadline = std::min(reader.deadline, deadline);
    return;
  }
  reader.collection = ++latest_;
  reader.begun = Clock::now();
  if (most.count() == 0 || !CallbackThread::has_callbacks()) return;
  reader.run = callbacks_.begin([descriptor = wake_descriptor_] { base::ring_event(descriptor); });
  reader.deadline = deadline;
}

bool MetricReaders::can_finish(const Reader& reader, Clock::time_point now) {
  return reader.collection != 0 && (reader.run == nullptr || reader.deadline <= now || reader.run->is_done());
}

void MetricReaders::finish(Clock::time_point now, std::uint64_t unix_nanoseconds, const AddOwn& add_own,
                           const Deliver& deliver) {
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    Reader& reader = readers_[i];
    if (!can_finish(reader, now)) continue;
    bool is_complete = true;
    ObservedValues observed = take_observed(reader, is_complete);
    add_own(observed);
    reader.collection = 0;
    const std::vector<CollectedMetric> metrics = reader.collector.collect(unix_nanoseconds, observed);
    deliver({i, reader.options.pipeline, metrics, Clock::now() - reader.begun, is_complete});
  }
}

ObservedValues MetricReaders::take_observed(Reader& reader, bool& is_complete) {
  const std::shared_ptr<CallbackRun> run = std::exchange(reader.run, nullptr);
  if (run == nullptr) return {};
  is_complete = run->is_done();
  if (!is_complete) callbacks_.give_up(*run);
  return run->values();
}

bool MetricReaders::has_finished(std::uint64_t collection) const {
  return std::ranges::none_of(readers_, [collection](const Reader& reader) {
    return reader.collection != 0 && reader.collection <= collection;
  });
}

bool MetricReaders::is_waiting() const {
  return std::ranges::any_of(readers_, [](const Reader& reader) { return reader.collection != 0; });
}

std::optional<Clock::time_point> MetricReaders::next() const {
  std::optional<Clock::time_point> next;
  for (const Reader& reader : readers_) {
    const Clock::time_point own = reader.collection == 0 ? reader.next : reader.deadline;
    next = next ? std::min(*next, own) : own;
  }
  return next;
}

}  // namespace ergon::inline v0::telemetry
