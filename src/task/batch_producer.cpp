#include "task/batch_producer.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <ergon/telemetry/propagation.hpp>

#include "task/enqueue_time.hpp"

namespace ergon::inline v0::detail {

using Why = BatchEnd::Why;

BatchEnd BatchProducer::run(std::size_t size) {
  forget();
  thread_.cell.enter(LoopPhase::working);
  auto in_flight = telemetry_.metrics().transactions_in_flight();
  BatchEnd end;
  while (end.begun < size && end.why == Why::is_full) {
    if (thread_.stop.stop_requested()) {
      end.why = Why::is_stopped;
    } else {
      in_flight.add_one();
      prepare(end);
    }
  }
  if (!transactions_.empty()) {
    const auto error = dispatch();
    for (std::size_t i = 0; i < transactions_.size(); ++i) finish(i, error, end);
    forget();
  }
  return end;
}

// The span is there before it is known whether there is anything to prepare: of nothing it is `{Task}.idle`.
void BatchProducer::prepare(BatchEnd& end) {
  const TaskTelemetry& task = telemetry_.task();
  const auto& [kind, system, destination, operation, type] = telemetry_.messaging().create;
  const auto start = Clock::now();
  Begun begun{
      task.tracer().start_span(task.spans().transaction,
                               {{"ergon.task.name", task.names().task}, system, destination, operation, type},
                               {.kind = kind, .root = true}),
      start};
  const auto current = begun.span.make_current();
  std::optional<RawTransaction> made;
  StageEnd prepared = stages_.run(plan(ProducerStage::prepare, policies_.producer.prepare), limit_from_now(),
                                  [&](const AttemptLimits&) { made = producer_.prepare(); });
  if (prepared.error) return give_up(std::move(begun), std::move(prepared), end);
  failures_in_a_row_ = 0;
  if (!made) {
    begun.span.update_name(task.names().task + ".idle");
    end.why = Why::has_nothing;
    return;
  }
  ++end.begun;
  keep(std::move(begun), std::move(*made));
}

// With the transaction's span current, so that its context is what goes with it.
void BatchProducer::keep(Begun begun, RawTransaction made) {
  begun.span.set_attribute("ergon.transaction.id", made.id);
  set_message_id(begun.span, made);
  inject(made.metadata);
  transactions_.push_back(std::move(made));
  begun_.push_back(std::move(begun));
}

void BatchProducer::give_up(Begun begun, StageEnd prepared, BatchEnd& end) {
  if (prepared.is_interrupted) {  // so there is no such transaction, and none that failed
    mark_failed(begun.span, *prepared.error);
    end.why = Why::is_stopped;
    return;
  }
  ++end.begun;
  ++failures_in_a_row_;
  const bool is_the_end = failures_in_a_row_ >= kMostFailures;
  if (is_the_end) end.failure = prepared.error;
  if (is_the_end || policies_.producer.loop.streaming) end.why = Why::has_failed;
  count(begun, std::move(prepared.error), end);
}

std::optional<TaskError> BatchProducer::dispatch() {
  const TaskTelemetry& task = telemetry_.task();
  auto span =
      task.tracer().scoped_span(task.spans().batch, {{"ergon.task.name", task.names().task}}, {.root = true});
  span.set_attribute(kBatchMessageCount, transactions_.size());
  telemetry_.metrics().count_batch();
  const StagePlan how =
      plan(ProducerStage::dispatch, policies_.producer.dispatch, &telemetry_.messaging().dispatch);
  const auto call = [this](const AttemptLimits&, ScopedSpan& attempt) { send(attempt); };
  StageEnd end = transactions_.size() == 1 ? stages_.run(how, transactions_.front(), limit_from_now(), call)
                                           : stages_.run(how, limit_from_now(), call);
  if (end.error) mark_failed(span, *end.error);
  return std::move(end.error);
}

void BatchProducer::send(ScopedSpan& span) {
  set_messages(span, transactions_);
  for (const Begun& begun : begun_) span.add_link(begun.span.context());
  const std::string now = enqueue_time_text(std::chrono::system_clock::now());
  for (RawTransaction& transaction : transactions_) set_enqueue_time(transaction.metadata, now);
  sink_.dispatch(transactions_);
}

void BatchProducer::finish(std::size_t index, const std::optional<TaskError>& dispatch_error, BatchEnd& end) {
  Begun& begun = begun_[index];
  const auto current = begun.span.make_current();
  count(begun, handle(index, dispatch_error), end);
}

// Answers how the transaction ended.
std::optional<TaskError> BatchProducer::handle(std::size_t index, std::optional<TaskError> dispatch_error) {
  const RawTransaction& raw = transactions_[index];
  if (!dispatch_error) {
    if (!type_.overrides_dispatched) return std::nullopt;
    return stages_
        .run(plan(ProducerStage::success, policies_.producer.success), raw, limit_from_now(),
             [&](AttemptLimits limits) { producer_.handle_dispatched(index, std::move(limits)); })
        .error;
  }
  dispatch_error->transaction_id = raw.id;
  if (type_.overrides_dispatch_failed) {
    stages_.run(plan(ProducerStage::exception, policies_.producer.exception), raw, limit_from_now(),
                [&](AttemptLimits limits) {
                  producer_.handle_dispatch_failed(index, std::move(limits), *dispatch_error);
                });
  }
  return dispatch_error;
}

void BatchProducer::count(Begun& begun, std::optional<TaskError> error, BatchEnd& end) {
  telemetry_.metrics().count_transaction(Clock::now() - begun.start, error ? &*error : nullptr);
  if (error) {
    mark_failed(begun.span, *error);
    thread_.cell.count_failed();
    end.errors.push_back(std::move(*error));
  } else {
    thread_.cell.count_ok();
    ++end.ok;
  }
  begun.span.end();
}

void BatchProducer::forget() noexcept {
  producer_.forget();
  transactions_.clear();
  begun_.clear();
}

StageRunner::TimePoint BatchProducer::limit_from_now() const noexcept {
  return Clock::now() + policies_.transaction.timeout;
}

StagePlan BatchProducer::plan(ProducerStage stage, const StagePolicy& policy,
                              const MessagingSpan* operation) const noexcept {
  return {telemetry_.span_name(stage), telemetry_.metrics().stage(stage), policy.retry, operation};
}

}  // namespace ergon::inline v0::detail
