#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <ergon/config/policies.hpp>
#include <ergon/task/connector.hpp>
#include <ergon/task/registration.hpp>

#include "task/loop_thread.hpp"
#include "task/producer_telemetry.hpp"
#include "task/stage_runner.hpp"

namespace ergon::inline v0::detail {

/// How a batch ended, and what became of its transactions.
struct BatchEnd {
  enum class Why : std::uint8_t {
    is_full,
    has_nothing,  // more to prepare
    has_failed,   // and is not to go on at once
    is_stopped,
  };
  Why why{Why::is_full};
  /// Transactions that were prepared, or could not be.
  std::size_t begun{0};
  std::size_t ok{0};
  /// Of each transaction that failed, in the order in which they did.
  std::vector<TaskError> errors{};
  /// Why there should be no further batch: preparing failed too often.
  std::optional<TaskError> failure{};
};

/// The way of a batch of transactions: each is prepared in a trace of its own, whose context goes with it;
/// all are dispatched together, in one more trace that is linked to theirs; then the handlers are called.
/// Each step in its span, counted and logged, as often as the policies say. The loop and the test support
/// both run it. One per loop thread.
class BatchProducer {
 public:
  /// So many transactions in a row that can't be prepared are the end.
  static constexpr std::size_t kMostFailures = 100;

  BatchProducer(const ProducerTelemetry& telemetry, const ProducerType& type, AnyProducer& producer,
                Connector& sink, const Policies& policies, LoopThread& thread) noexcept
      : telemetry_(telemetry),
        type_(type),
        producer_(producer),
        sink_(sink),
        policies_(policies),
        thread_(thread),
        stages_(telemetry.task(), thread) {}

  /// Of at most `size` transactions. When the worker is to stop no more are prepared, and those that are
  /// prepared go on. Throws only for lack of memory.
  BatchEnd run(std::size_t size);

 private:
  // A transaction's span is open, and not current, from its preparation to its last handler.
  struct Begun {
    Span span;
    Clock::time_point start;
  };

  void prepare(BatchEnd& end);
  void keep(Begun begun, RawTransaction made);
  void give_up(Begun begun, StageEnd prepared, BatchEnd& end);
  [[nodiscard]] std::optional<TaskError> dispatch();
  void send(ScopedSpan& span);
  void finish(std::size_t index, const std::optional<TaskError>& dispatch_error, BatchEnd& end);
  [[nodiscard]] std::optional<TaskError> handle(std::size_t index, std::optional<TaskError> dispatch_error);
  void count(Begun& begun, std::optional<TaskError> error, BatchEnd& end);
  void forget() noexcept;
  [[nodiscard]] StageRunner::TimePoint limit_from_now() const noexcept;
  [[nodiscard]] StagePlan plan(ProducerStage stage, const StagePolicy& policy,
                               const MessagingSpan* operation = nullptr) const noexcept;

  const ProducerTelemetry& telemetry_;
  const ProducerType& type_;
  AnyProducer& producer_;
  Connector& sink_;
  const Policies& policies_;
  LoopThread& thread_;
  StageRunner stages_;
  std::size_t failures_in_a_row_{0};
  // The batch at hand, by the same indices as the producer's own.
  std::vector<RawTransaction> transactions_;
  std::vector<Begun> begun_;
};

}  // namespace ergon::inline v0::detail
