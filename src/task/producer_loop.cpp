#include "task/producer_loop.hpp"

#include <cstddef>
#include <utility>

#include "task/task_error.hpp"

namespace ergon::inline v0::detail {

ProducerLoop::ProducerLoop(const ProducerTelemetry& telemetry, const ProducerType& type,
                           std::unique_ptr<AnyProducer> producer, Connector& sink, const Policies& policies,
                           LoopThread thread)
    : telemetry_(telemetry),
      producer_(std::move(producer)),
      policies_(policies),
      thread_(std::move(thread)),
      batches_(telemetry, type, *producer_, sink, policies, thread_),
      empty_backoff_(policies.producer.empty_backoff) {}

std::optional<TaskError> ProducerLoop::run() {
  const HeartbeatScope heartbeat(thread_.cell);
  const auto slot = telemetry_.metrics().loop_slot();
  while (!thread_.stop.stop_requested() && goes_on()) {
  }
  thread_.cell.enter(LoopPhase::ended);
  return std::move(failure_);
}

bool ProducerLoop::goes_on() {
  const std::size_t size = thread_.budget.take(static_cast<std::size_t>(policies_.producer.batch.size));
  if (size == 0) return false;
  BatchEnd end = run_batch(size);
  if (end.begun < size) thread_.budget.give_back(size - end.begun);
  if (end.failure) {
    failure_ = had_by("task '" + telemetry_.task().names().task + "'", std::move(*end.failure));
    return false;
  }
  if (end.ok > 0) empty_backoff_.begin_anew();
  switch (end.why) {
    case BatchEnd::Why::is_full:
      return true;
    case BatchEnd::Why::is_stopped:
      return false;
    case BatchEnd::Why::has_nothing:
    case BatchEnd::Why::has_failed:
      break;
  }
  return policies_.producer.loop.streaming && wait();
}

// What the batch lets through is not about its transactions.
BatchEnd ProducerLoop::run_batch(std::size_t size) {
  try {
    return batches_.run(size);
  } catch (...) {
    const TaskTelemetry& task = telemetry_.task();
    auto span = task.tracer().scoped_span(task.spans().batch, {{"ergon.task.name", task.names().task}},
                                          {.root = true});
    return {.failure = task.record_current_exception(span, task.spans().batch, nullptr)};
  }
}

bool ProducerLoop::wait() {
  thread_.cell.enter(LoopPhase::waiting);
  return wait_alive(empty_backoff_.next(), thread_.stop, thread_.cell);
}

}  // namespace ergon::inline v0::detail
