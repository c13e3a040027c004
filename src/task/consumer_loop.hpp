#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include <ergon/task/registration.hpp>

#include "task/connector_calls.hpp"
#include "task/task_telemetry.hpp"
#include "task/transaction_runner.hpp"

namespace ergon::detail {

/// How the transactions of a loop, or of several, ended.
struct Tally {
  std::uint64_t ok{0};
  std::uint64_t failed{0};
};

/// One loop thread's work: fetch a batch, process it in order, settle each; until a fetch brings nothing or
/// the worker is to stop. Then what is in flight is finished and the rest of the batch handed back. Made and
/// taken down on the main thread, run on its own.
class ConsumerLoop {
 public:
  ConsumerLoop(const TaskTelemetry& telemetry, const ConsumerType& type,
               std::unique_ptr<AnyConsumer> consumer, const ConnectorCalls& source, std::size_t batch_size,
               std::stop_token stop);

  /// Answers why it ended before its time, if it did, and whose fault that is.
  [[nodiscard]] std::optional<TaskError> run();
  /// The task's own `exit`; after `run`.
  void exit() { consumer_->exit(); }
  [[nodiscard]] const Tally& tally() const noexcept { return tally_; }

 private:
  bool run_batch();
  void run_or_hand_back(const RawTransaction& raw, const SpanContext& batch);

  const TaskTelemetry& telemetry_;
  std::unique_ptr<AnyConsumer> consumer_;
  const ConnectorCalls& source_;
  TransactionRunner transactions_;
  std::size_t batch_size_;
  std::stop_token stop_;
  Tally tally_{};
  std::optional<TaskError> failure_;
};

}  // namespace ergon::detail
