#include "task/consumer_loop.hpp"

#include <utility>

#include "task/task_error.hpp"

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

std::optional<TaskError> ConsumerLoop::run() {
  const auto slot = telemetry_.metrics().loop_slot();
  while (!stop_.stop_requested() && run_batch()) {
  }
  return std::move(failure_);
}

bool ConsumerLoop::run_batch() {
  const auto& names = telemetry_.names();
  auto span = telemetry_.tracer().scoped_span(telemetry_.spans().batch, {{"ergon.task.name", names.task}},
                                              {.root = true});
  try {
    const auto [batch, error] = source_.fetch(batch_size_);
    if (error) {
      mark_failed(span, *error);
      failure_ = had_by("connector '" + names.connector + "'", *error);
      return false;
    }
    span.set_attribute(kBatchMessageCount, batch.size());
    if (batch.empty()) return false;
    telemetry_.metrics().count_batch();
    for (const RawTransaction& raw : batch) run_or_hand_back(raw, span.context());
    return true;
  } catch (...) {
    failure_ = had_by("task '" + names.task + "'",
                      telemetry_.record_current_exception(span, telemetry_.spans().batch, nullptr));
    return false;
  }
}

void ConsumerLoop::run_or_hand_back(const RawTransaction& raw, const SpanContext& batch) {
  if (stop_.stop_requested()) return source_.nack(raw, Requeue::yes);
  const bool is_ok = !transactions_.run(raw, &batch);
  ++(is_ok ? tally_.ok : tally_.failed);
}

}  // namespace ergon::detail
