#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include <ergon/config/policies.hpp>
#include <ergon/task/registration.hpp>

#include "task/backoff.hpp"
#include "task/connector_calls.hpp"
#include "task/loop.hpp"
#include "task/loop_thread.hpp"
#include "task/task_telemetry.hpp"
#include "task/transaction_runner.hpp"

namespace ergon::inline v0::detail {

/// Fetches a batch, processes it in order, settles each; until a fetch brings nothing (a loop that is
/// streaming waits then, and goes on), the budget is used up or the worker is to stop. Then what is in flight
/// is finished and the rest of the batch handed back.
class ConsumerLoop final : public Loop {
 public:
  /// All but the consumer must outlive it.
  ConsumerLoop(const TaskTelemetry& telemetry, const ConsumerType& type,
               std::unique_ptr<AnyConsumer> consumer, const ConnectorCalls& source, const Policies& policies,
               LoopThread thread);

  [[nodiscard]] std::optional<TaskError> run() override;
  void exit() override { consumer_->exit(); }

 private:
  enum class Step : std::uint8_t { goes_on, has_nothing, ends };

  [[nodiscard]] bool goes_on();
  Step run_batch();
  Step run_batch(std::size_t size, ScopedSpan& span);
  [[nodiscard]] std::optional<Fetched> fetch(std::size_t size);
  [[nodiscard]] Fetched attempt_fetch(std::size_t size, std::int64_t attempt);
  void run_or_hand_back(const RawTransaction& raw, const SpanContext& batch);

  const TaskTelemetry& telemetry_;
  std::unique_ptr<AnyConsumer> consumer_;
  const ConnectorCalls& source_;
  const Policies& policies_;
  LoopThread thread_;
  TransactionRunner transactions_;
  Backoff empty_backoff_;
  std::optional<TaskError> failure_;
};

}  // namespace ergon::inline v0::detail
