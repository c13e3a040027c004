#include "task/consumer_loop.hpp"

#include <chrono>
#include <utility>

#include "task/task_error.hpp"

namespace ergon::inline v0::detail {

ConsumerLoop::ConsumerLoop(const TaskTelemetry& telemetry, const ConsumerType& type,
                           std::unique_ptr<AnyConsumer> consumer, const ConnectorCalls& source,
                           const Policies& policies, LoopThread thread)
    : telemetry_(telemetry),
      consumer_(std::move(consumer)),
      source_(source),
      policies_(policies),
      thread_(std::move(thread)),
      transactions_(telemetry, type, *consumer_, &source, policies, thread_),
      empty_backoff_(policies.consumer.fetch.empty_backoff) {}

std::optional<TaskError> ConsumerLoop::run() {
  const HeartbeatScope heartbeat(thread_.cell);
  const auto slot = telemetry_.metrics().loop_slot();
  while (!thread_.stop.stop_requested() && goes_on()) {
  }
  thread_.cell.enter(LoopPhase::ended);
  return std::move(failure_);
}

bool ConsumerLoop::goes_on() {
  const Step step = run_batch();
  if (step != Step::has_nothing) {
    empty_backoff_.begin_anew();
    return step == Step::goes_on;
  }
  if (!policies_.consumer.loop.streaming) return false;
  telemetry_.metrics().count_empty_wait();
  thread_.cell.enter(LoopPhase::waiting);
  return wait_alive(empty_backoff_.next(), thread_.stop, thread_.cell);
}

ConsumerLoop::Step ConsumerLoop::run_batch() {
  const std::size_t size = thread_.budget.take(static_cast<std::size_t>(policies_.consumer.fetch.batch.size));
  if (size == 0) return Step::ends;
  auto span = telemetry_.tracer().scoped_span(telemetry_.spans().batch,
                                              {{"ergon.task.name", telemetry_.names().task}}, {.root = true});
  try {
    return run_batch(size, span);
  } catch (...) {
    failure_ = had_by("task '" + telemetry_.names().task + "'",
                      telemetry_.record_current_exception(span, telemetry_.spans().batch, nullptr));
    return Step::ends;
  }
}

ConsumerLoop::Step ConsumerLoop::run_batch(std::size_t size, ScopedSpan& span) {
  const auto fetched = fetch(size);
  if (!fetched) return Step::ends;
  const auto& [batch, error] = *fetched;
  if (batch.size() < size) thread_.budget.give_back(size - batch.size());
  if (error) {
    mark_failed(span, *error);
    failure_ = had_by("connector '" + telemetry_.names().connector + "'", *error);
    return Step::ends;
  }
  span.set_attribute(kBatchMessageCount, batch.size());
  if (batch.empty()) return Step::has_nothing;
  telemetry_.metrics().count_batch();
  for (const RawTransaction& raw : batch) run_or_hand_back(raw, span.context());
  return Step::goes_on;
}

// Nothing when the worker was to stop before it could be tried again.
std::optional<Fetched> ConsumerLoop::fetch(std::size_t size) {
  const RetryPolicy& retry = policies_.consumer.fetch.retry;
  std::optional<Backoff> backoff;
  for (std::int64_t attempt = 1;; ++attempt) {
    auto fetched = attempt_fetch(size, attempt);
    if (!fetched.error || !fetched.error->is_retryable || attempt >= retry.max_attempts) return fetched;
    if (!backoff) backoff.emplace(retry);
    thread_.cell.enter(LoopPhase::waiting);
    if (!wait_alive(backoff->next(), thread_.stop, thread_.cell)) return std::nullopt;
  }
}

Fetched ConsumerLoop::attempt_fetch(std::size_t size, std::int64_t attempt) {
  const auto& timeout = policies_.consumer.fetch.retry.timeout;
  thread_.cell.enter(LoopPhase::fetching);
  if (!timeout) return source_.fetch(size);
  static_cast<void>(
      thread_.attempts.begin(attempt, Clock::now() + *timeout, {}, telemetry_.spans().fetch, {}));
  auto fetched = source_.fetch(size);
  thread_.attempts.end();
  return fetched;
}

void ConsumerLoop::run_or_hand_back(const RawTransaction& raw, const SpanContext& batch) {
  if (thread_.stop.stop_requested()) {
    thread_.cell.count_handed_back();
    return source_.nack(raw, Requeue::yes);
  }
  thread_.cell.enter(LoopPhase::working);
  const TransactionEnd end = transactions_.run(raw, &batch);
  if (!end.error) {
    thread_.cell.count_ok();
  } else if (end.is_handed_back) {
    thread_.cell.count_handed_back();
  } else {
    thread_.cell.count_failed();
  }
}

}  // namespace ergon::inline v0::detail
