#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <ergon/task/errors.hpp>
#include <ergon/telemetry/meter.hpp>

#include "task/stage_metrics.hpp"
#include "task/task_metrics.hpp"

namespace ergon::inline v0::detail {

/// A step in the life of a transaction that is produced. Its text is the attribute `stage` of the lifecycle
/// metrics.
enum class ProducerStage : std::uint8_t { prepare, dispatch, success, exception };
inline constexpr std::size_t kProducerStages = 4;

/// Says that some more of something are there, one after another, and that they are gone at the end of a
/// scope.
class [[nodiscard]] CountedUp {
 public:
  explicit CountedUp(const BoundUpDownCounter<std::int64_t>& counter) noexcept : counter_(counter) {}
  CountedUp(const CountedUp&) = delete;
  CountedUp& operator=(const CountedUp&) = delete;
  ~CountedUp() { counter_.add(-count_); }

  void add_one() noexcept {
    counter_.add(1);
    ++count_;
  }

 private:
  const BoundUpDownCounter<std::int64_t>& counter_;
  std::int64_t count_{0};
};

/// The metrics of a producer (docs/guide/metrics.md has the table), bound as TaskMetrics are. Any thread;
/// every function is const.
class ProducerMetrics {
 public:
  /// The name must outlive it.
  ProducerMetrics(const Meter& meter, const std::string& task, bool is_streaming);

  [[nodiscard]] const StageMetrics& stage(ProducerStage stage) const noexcept {
    return stages_[static_cast<std::size_t>(stage)];
  }
  /// One that has something to dispatch.
  void count_batch() const noexcept { batches_.add(1); }
  /// `error` is null where it succeeded.
  void count_transaction(Clock::duration duration, const TaskError* error) const noexcept;

  /// Transactions of one batch, from the start of their preparation; one loop is there to do that.
  [[nodiscard]] CountedUp transactions_in_flight() const noexcept { return CountedUp(in_flight_); }
  [[nodiscard]] CountedIn loop_slot() const noexcept { return CountedIn(slots_); }

 private:
  const std::string& task_;

  Counter<std::int64_t> transactions_total_;
  Histogram<double> transactions_duration_;

  BoundCounter<std::int64_t> succeeded_;
  BoundHistogram<double> success_duration_;
  std::array<StageMetrics, kProducerStages> stages_;  // in the order of ProducerStage
  BoundCounter<std::int64_t> batches_;
  BoundUpDownCounter<std::int64_t> in_flight_;
  BoundUpDownCounter<std::int64_t> slots_;
};

}  // namespace ergon::inline v0::detail
