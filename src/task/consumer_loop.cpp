#include "task/consumer_loop.hpp"

#include <utility>

namespace ergon::detail {

ConsumerLoop::ConsumerLoop(const TaskTelemetry& telemetry, const ConsumerType& type,
                           std::unique_ptr<AnyConsumer> consumer, const ConnectorCalls& source,
                           std::size_t batch_size, std::stop_token stop)
    : telemetry_(telemetry),
      consumer_(std::move(consumer)),
      source_(source),
      transactions_(telemetry, type, *consumer_, &source),
      batch_size_(batch_size),
      stop_(std::move(stop)) {}

void ConsumerLoop::run() {
  while (!stop_.stop_requested() && run_batch()) {
  }
}

bool ConsumerLoop::run_batch() {
  auto span = telemetry_.tracer().scoped_span(telemetry_.spans().batch,
                                              {{"ergon.task.name", telemetry_.names().task}}, {.root = true});
  const auto batch = source_.fetch(batch_size_);
  span.set_attribute("messaging.batch.message_count", batch.size());
  if (batch.empty()) return false;
  telemetry_.count_batch();
  for (const RawTransaction& raw : batch) {
    if (stop_.stop_requested()) {
      source_.nack(raw, Requeue::yes);
    } else {
      const bool is_ok = !transactions_.run(raw, &span.context());
      ++(is_ok ? tally_.ok : tally_.failed);
    }
  }
  return true;
}

}  // namespace ergon::detail
