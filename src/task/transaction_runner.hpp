#pragma once

#include <optional>

#include <ergon/config/policies.hpp>
#include <ergon/task/registration.hpp>

#include "task/connector_calls.hpp"
#include "task/loop_thread.hpp"
#include "task/stage_runner.hpp"
#include "task/task_telemetry.hpp"

namespace ergon::inline v0::detail {

/// How a transaction ended.
struct TransactionEnd {
  /// Why it failed, or was handed back.
  std::optional<TaskError> error{};
  /// It will be delivered again.
  bool is_handed_back{false};
};

/// The way of one transaction, in the context that its metadata carries (as `tracing.remote_parent` says):
/// decode and process, then the success handler, or the exception handler, then
/// ack or nack; each in its span, counted and logged, as often as the policies say. The loop and the test
/// support both run it. One per loop thread.
class TransactionRunner {
 public:
  /// `source` is null where transactions come from a test: then there is nothing to acknowledge.
  TransactionRunner(const TaskTelemetry& telemetry, const ConsumerType& type, AnyConsumer& consumer,
                    const ConnectorCalls* source, const Policies& policies, LoopThread& thread) noexcept
      : telemetry_(telemetry),
        type_(type),
        consumer_(consumer),
        source_(source),
        policies_(policies),
        stages_(telemetry, thread) {}

  /// It has succeeded only when it is acknowledged. `batch`, the span it was fetched under, is linked to.
  /// Throws only for lack of memory.
  TransactionEnd run(const RawTransaction& raw, const SpanContext* batch);

 private:
  struct State;

  void work(const RawTransaction& raw, State& state);
  StageEnd process(const RawTransaction& raw, StageRunner::TimePoint limit);
  [[nodiscard]] bool refuse(const RawTransaction& raw, State& state);
  void settle(const RawTransaction& raw, State& state);
  void give_up(const RawTransaction& raw, State& state);
  [[nodiscard]] StagePlan plan(Stage stage, const StagePolicy& policy) const noexcept;
  [[nodiscard]] bool comes_again(const RawTransaction& raw, const TaskError& error) const noexcept;

  const TaskTelemetry& telemetry_;
  const ConsumerType& type_;
  AnyConsumer& consumer_;
  const ConnectorCalls* source_;
  const Policies& policies_;
  StageRunner stages_;
  bool is_decoded_{false};  // the transaction at hand
};

}  // namespace ergon::inline v0::detail
