#pragma once

#include <optional>

#include <ergon/task/registration.hpp>

#include "task/connector_calls.hpp"
#include "task/task_telemetry.hpp"

namespace ergon::detail {

/// The way of one transaction, in the context that its metadata carries (as `tracing.remote_parent` says):
/// decode and process, then the success handler, or the exception handler, then
/// ack or nack; each in its span, counted and logged. The loop and the test support both run it. One per loop
/// thread.
class TransactionRunner {
 public:
  /// `source` is null where transactions come from a test: then there is nothing to acknowledge.
  TransactionRunner(const TaskTelemetry& telemetry, const ConsumerType& type, AnyConsumer& consumer,
                    const ConnectorCalls* source) noexcept
      : telemetry_(telemetry), type_(type), consumer_(consumer), source_(source) {}

  /// Answers why the transaction failed, or nothing. It has succeeded only when it is acknowledged. `batch`,
  /// the span it was fetched under, is linked to. Throws only for lack of memory.
  std::optional<TaskError> run(const RawTransaction& raw, const SpanContext* batch);

 private:
  std::optional<TaskError> process(const RawTransaction& raw);
  std::optional<TaskError> settle(const RawTransaction& raw, std::optional<TaskError> error);
  template <class Call>
  std::optional<TaskError> run_stage(Stage stage, const RawTransaction& raw, const Call& call);

  const TaskTelemetry& telemetry_;
  const ConsumerType& type_;
  AnyConsumer& consumer_;
  const ConnectorCalls* source_;
  bool is_decoded_{false};  // the transaction at hand
};

}  // namespace ergon::detail
