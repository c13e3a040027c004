#include "task/transaction_runner.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>

#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/propagation.hpp>

#include "task/dead_letter.hpp"
#include "task/enqueue_time.hpp"

namespace ergon::inline v0::detail {

namespace {

constexpr std::chrono::seconds kDeadLetterWait{1};
// Deliveries beyond max_deliveries that a transaction may have because workers were stopped, or died of
// others.
constexpr std::int64_t kUnseenDeliveries = 3;

const TaskError* pointer(const std::optional<TaskError>& error) noexcept { return error ? &*error : nullptr; }

// What the sender's headers say, where there are any. The batch is current: a transaction is no part of its
// trace, but linked to it.
Context context_of(const RawTransaction& raw) {
  Context without_span = current_context().with_span_context({});
  if (raw.metadata.empty()) return without_span;
  return extract(raw.metadata, without_span);
}

void describe(ScopedSpan& span, const RawTransaction& raw, const SpanContext* batch) {
  set_message_id(span, raw);
  if (raw.line != 0) span.set_attribute("ergon.transaction.line", raw.line);
  if (raw.deliveries > 1) span.set_attribute("ergon.deliveries", raw.deliveries);
  if (batch != nullptr) span.add_link(*batch);
}

}  // namespace

// A transaction on its way.
struct TransactionRunner::State {
  ScopedSpan& span;
  StageRunner::TimePoint limit;
  std::optional<TaskError> error{};
  bool is_interrupted{false};
  bool is_handed_back{false};
  std::optional<ConnectorCalls::DeadLetter> became{};  // of one that was refused

  [[nodiscard]] TransactionStatus status() const noexcept {
    if (!error) return TransactionStatus::success;
    if (is_handed_back) return TransactionStatus::redeliver;
    return error->kind == ErrorKind::timeout ? TransactionStatus::timeout : TransactionStatus::exception;
  }
};

TransactionEnd TransactionRunner::run(const RawTransaction& raw, const SpanContext* batch) {
  const auto start = Clock::now();
  const Context sent = context_of(raw);
  const bool begins_trace = telemetry_.remote_parent() == RemoteParent::link;
  const auto sender = {SpanLink{sent.span_context(), {}}};  // from the start, for samplers to see
  const std::initializer_list<SpanLink> nobody;
  const bool is_linked = begins_trace && sent.span_context().is_valid();
  const auto& [kind, system, destination, operation, type] = telemetry_.messaging().transaction;
  auto span = telemetry_.tracer().scoped_span(
      telemetry_.spans().transaction,
      {{"ergon.task.name", telemetry_.names().task},
       {"ergon.transaction.id", raw.id},
       system,
       destination,
       operation,
       type},
      {.kind = kind, .context = &sent, .root = begins_trace, .links = is_linked ? sender : nobody});
  describe(span, raw, batch);
  const auto in_flight = telemetry_.metrics().transaction_in_flight();
  if (const auto waited = time_in_queue(raw.metadata)) {
    telemetry_.metrics().count_queue_time(*waited);
    span.set_attribute("ergon.queue_time", waited->count());
  }
  State state{.span = span, .limit = start + policies_.transaction.timeout};
  work(raw, state);
  if (source_ != nullptr) settle(raw, state);
  if (state.error) mark_failed(span, *state.error);
  telemetry_.metrics().count_transaction(Clock::now() - start, state.status(), pointer(state.error));
  return {std::move(state.error), state.is_handed_back};
}

void TransactionRunner::work(const RawTransaction& raw, State& state) {
  const auto& most = policies_.transaction.max_deliveries;
  if (most && raw.deliveries > *most + kUnseenDeliveries && refuse(raw, state)) return;
  StageEnd end = process(raw, state.limit);
  if (!end.error && type_.overrides_success) {
    end = stages_.run(plan(Stage::success, policies_.consumer.success), raw, state.limit,
                      [this](AttemptLimits limits) { consumer_.handle_success(std::move(limits)); });
  }
  state.error = std::move(end.error);
  state.is_interrupted = end.is_interrupted;
  if (!state.error || state.is_interrupted || !is_decoded_ || !type_.overrides_exception) return;
  // What there is to say of a failure is said after the transaction's own time, too.
  stages_.run(plan(Stage::exception, policies_.consumer.exception), raw, StageRunner::TimePoint::max(),
              [&](AttemptLimits limits) { consumer_.handle_exception(std::move(limits), *state.error); });
}

StageEnd TransactionRunner::process(const RawTransaction& raw, StageRunner::TimePoint limit) {
  is_decoded_ = false;
  const auto start = Clock::now();
  StageEnd end =
      stages_.run(plan(Stage::process, policies_.consumer.process), raw, limit, [&](AttemptLimits limits) {
        if (!raw.defect.empty()) throw DecodeError(raw.defect);
        if (!is_decoded_) consumer_.accept(raw);
        is_decoded_ = true;
        consumer_.process(std::move(limits));
      });
  telemetry_.metrics().count_process(Clock::now() - start, pointer(end.error));
  return end;
}

// It has come too often: the workers that had it before died, perhaps of it. Without a dead-letter place it
// is tried all the same, as it would be lost.
bool TransactionRunner::refuse(const RawTransaction& raw, State& state) {
  TaskError error{.kind = ErrorKind::system,
                  .type = "ergon::TooManyDeliveries",
                  .message = "delivered " + std::to_string(raw.deliveries) +
                             " times, which is too often for its max_deliveries",
                  .transaction_id = raw.id,
                  .attempts = 0,
                  .is_retryable = false};
  if (source_ == nullptr) return false;
  state.became = source_->dead_letter(to_dead_letter(raw, error), state.span);
  if (state.became == ConnectorCalls::DeadLetter::has_no_place) {
    state.became.reset();
    return false;
  }
  telemetry_.record(state.span, telemetry_.spans().transaction, &raw, error);
  state.error = std::move(error);
  return true;
}

void TransactionRunner::settle(const RawTransaction& raw, State& state) {
  if (!state.error) {
    state.error = source_->ack(raw);
    state.is_handed_back = state.error.has_value();
  } else if (state.is_interrupted || comes_again(raw, *state.error)) {
    source_->nack(raw, Requeue::yes);
    state.is_handed_back = true;
  } else {
    give_up(raw, state);
  }
}

bool TransactionRunner::comes_again(const RawTransaction& raw, const TaskError& error) const noexcept {
  const auto& most = policies_.transaction.max_deliveries;
  return most && raw.deliveries < *most && error.is_retryable && error.kind != ErrorKind::business;
}

void TransactionRunner::give_up(const RawTransaction& raw, State& state) {
  using DeadLetter = ConnectorCalls::DeadLetter;
  const auto became =
      state.became ? *state.became : source_->dead_letter(to_dead_letter(raw, *state.error), state.span);
  if (became == DeadLetter::is_kept) {
    state.span.add_event("ergon.dead_lettered");
    telemetry_.metrics().count_dead_letter();
  }
  state.is_handed_back = became == DeadLetter::failed;
  if (state.is_handed_back) static_cast<void>(stages_.wait(kDeadLetterWait));  // it may come again at once
  source_->nack(raw, state.is_handed_back ? Requeue::yes : Requeue::no);
}

StagePlan TransactionRunner::plan(Stage stage, const StagePolicy& policy) const noexcept {
  return {telemetry_.span_name(stage), telemetry_.metrics().stage(stage), policy.retry};
}

}  // namespace ergon::inline v0::detail
