#include "task/transaction_runner.hpp"

#include <initializer_list>

#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/propagation.hpp>

namespace ergon::detail {

namespace {

const TaskError* pointer(const std::optional<TaskError>& error) noexcept { return error ? &*error : nullptr; }

TransactionStatus status_of(const std::optional<TaskError>& error, bool is_work_done) noexcept {
  if (!error) return TransactionStatus::success;
  if (is_work_done) return TransactionStatus::redeliver;
  return error->kind == ErrorKind::timeout ? TransactionStatus::timeout : TransactionStatus::exception;
}

// What the sender's headers say, where there are any. The batch is current: a transaction is no part of its
// trace, but linked to it.
Context context_of(const RawTransaction& raw) {
  Context without_span = current_context().with_span_context({});
  if (raw.metadata.empty()) return without_span;
  return extract(raw.metadata, without_span);
}

}  // namespace

std::optional<TaskError> TransactionRunner::run(const RawTransaction& raw, const SpanContext* batch) {
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
  set_message_id(span, raw);
  if (raw.line != 0) span.set_attribute("ergon.transaction.line", raw.line);
  if (batch != nullptr) span.add_link(*batch);
  const auto in_flight = telemetry_.metrics().transaction_in_flight();
  telemetry_.metrics().count_queue_time(raw.metadata);

  auto error = process(raw);
  if (!error && type_.overrides_success) {
    error = run_stage(Stage::success, raw, [this] { consumer_.handle_success(); });
  }
  if (error && is_decoded_ && type_.overrides_exception) {
    run_stage(Stage::exception, raw, [&] { consumer_.handle_exception(*error); });
  }
  const bool is_work_done = !error;
  if (source_ != nullptr) error = settle(raw, std::move(error));

  if (error) mark_failed(span, *error);
  telemetry_.metrics().count_transaction(Clock::now() - start, status_of(error, is_work_done),
                                         pointer(error));
  return error;
}

std::optional<TaskError> TransactionRunner::process(const RawTransaction& raw) {
  is_decoded_ = false;
  return run_stage(Stage::process, raw, [&] {
    if (!raw.defect.empty()) throw DecodeError(raw.defect);
    consumer_.accept(raw);
    is_decoded_ = true;
    consumer_.process();
  });
}

std::optional<TaskError> TransactionRunner::settle(const RawTransaction& raw,
                                                   std::optional<TaskError> error) {
  if (!error) return source_->ack(raw);
  source_->nack(raw, Requeue::no);
  return error;
}

template <class Call>
std::optional<TaskError> TransactionRunner::run_stage(Stage stage, const RawTransaction& raw,
                                                      const Call& call) {
  const auto start = Clock::now();
  auto span = telemetry_.tracer().scoped_span(telemetry_.span_name(stage), {{"ergon.attempt", 1}});
  std::optional<TaskError> error;
  try {
    call();
  } catch (...) {
    error = telemetry_.record_current_exception(span, telemetry_.span_name(stage), &raw);
  }
  telemetry_.metrics().count_stage(stage, Clock::now() - start, pointer(error));
  return error;
}

}  // namespace ergon::detail
