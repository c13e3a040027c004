#pragma once

#include <memory>
#include <optional>

#include <ergon/config/policies.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/registration.hpp>

#include "task/backoff.hpp"
#include "task/batch_producer.hpp"
#include "task/loop.hpp"
#include "task/loop_thread.hpp"
#include "task/producer_telemetry.hpp"

namespace ergon::inline v0::detail {

/// Prepares a batch and dispatches it; until there is nothing to prepare (a loop that is streaming waits
/// then, and goes on), the budget is used up or the worker is to stop. Then what is prepared is dispatched
/// first.
class ProducerLoop final : public Loop {
 public:
  /// All but the producer must outlive it.
  ProducerLoop(const ProducerTelemetry& telemetry, const ProducerType& type,
               std::unique_ptr<AnyProducer> producer, Connector& sink, const Policies& policies,
               LoopThread thread);

  [[nodiscard]] std::optional<TaskError> run() override;
  void exit() override { producer_->exit(); }

 private:
  [[nodiscard]] bool goes_on();
  [[nodiscard]] BatchEnd run_batch(std::size_t size);
  [[nodiscard]] bool wait();

  const ProducerTelemetry& telemetry_;
  std::unique_ptr<AnyProducer> producer_;
  const Policies& policies_;
  LoopThread thread_;
  BatchProducer batches_;
  Backoff empty_backoff_;
  std::optional<TaskError> failure_;
};

}  // namespace ergon::inline v0::detail
