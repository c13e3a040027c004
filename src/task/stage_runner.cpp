#include "task/stage_runner.hpp"

#include <algorithm>

namespace ergon::inline v0::detail {
namespace {

bool may_help(const TaskError& error, const RetryPolicy& retry) noexcept {
  return error.is_retryable && (error.kind != ErrorKind::business || retry.business_errors);
}

ScopedSpan start_span(const Tracer& tracer, const StagePlan& plan, std::int64_t attempt) {
  if (plan.operation == nullptr) return tracer.scoped_span(plan.span_name, {{"ergon.attempt", attempt}});
  const auto& [kind, system, destination, operation, type] = *plan.operation;
  return tracer.scoped_span(
      plan.span_name, {system, destination, operation, type, {"ergon.attempt", attempt}}, {.kind = kind});
}

}  // namespace

StageRunner::Attempt::Attempt(const StageRunner& runner, const StagePlan& plan, const RawTransaction* raw,
                              std::int64_t number, TimePoint limit) noexcept
    : runner_(runner),
      plan_(plan),
      raw_(raw),
      number_(number),
      limit_(limit),
      start_(Clock::now()),
      deadline_(plan.retry.timeout ? std::min(limit, start_ + *plan.retry.timeout) : limit),
      span_(start_span(runner.telemetry_.tracer(), plan, number)) {}

AttemptLimits StageRunner::Attempt::begin() {
  const std::string_view id = raw_ != nullptr ? std::string_view(raw_->id) : std::string_view();
  return runner_.thread_.attempts.begin(number_, deadline_, id, plan_.span_name, span_.context());
}

void StageRunner::Attempt::fail() {
  error_ =
      runner_.telemetry_.record_current_exception(span_, plan_.span_name, raw_, Clock::now() >= deadline_);
  error_->attempts = number_;
}

std::optional<std::chrono::nanoseconds> StageRunner::Attempt::end(std::optional<Backoff>& backoff) {
  const bool was_overdue = runner_.thread_.attempts.end();
  runner_.thread_.cell.step();
  if (was_overdue) span_.set_attribute("ergon.overdue", true);
  const auto wait = error_ ? next_wait(backoff) : std::nullopt;
  plan_.metrics.count(Clock::now() - start_,
                      wait ? Outcome::retry : final_outcome(error_ ? &*error_ : nullptr));
  return wait;
}

std::optional<std::chrono::nanoseconds> StageRunner::Attempt::next_wait(
    std::optional<Backoff>& backoff) const {
  if (number_ >= plan_.retry.max_attempts || !may_help(*error_, plan_.retry)) return std::nullopt;
  if (!backoff) backoff.emplace(plan_.retry);
  const auto wait = backoff->next();
  if (limit_ != TimePoint::max() && Clock::now() + wait >= limit_) return std::nullopt;
  return wait;
}

bool StageRunner::wait(std::chrono::nanoseconds duration) const {
  thread_.cell.enter(LoopPhase::waiting);
  const bool goes_on = wait_alive(duration, thread_.stop, thread_.cell);
  thread_.cell.enter(LoopPhase::working);
  return goes_on;
}

}  // namespace ergon::inline v0::detail
