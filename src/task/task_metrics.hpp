#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include <ergon/task/errors.hpp>
#include <ergon/task/transaction.hpp>
#include <ergon/telemetry/meter.hpp>

#include "task/messaging_spans.hpp"
#include "task/stage_metrics.hpp"

namespace ergon::inline v0::detail {

/// A step in the life of a transaction that is consumed. Its text is the attribute `stage` of the lifecycle
/// metrics.
enum class Stage : std::uint8_t { process, success, exception };
inline constexpr std::size_t kStages = 3;

/// How a transaction ended. Its text is the attribute `status` of the transaction metrics.
enum class TransactionStatus : std::uint8_t {
  success,
  exception,
  timeout,
  redeliver,  // not done, or done and not acknowledged: the source will deliver it again
};

/// Who the telemetry is about.
struct TelemetryNames {
  std::string task;
  std::string connector;         // as the configuration names it
  std::string messaging_system;  // the connector's type
};

/// Says that one more of something is there, for a scope.
class [[nodiscard]] CountedIn {
 public:
  explicit CountedIn(const BoundUpDownCounter<std::int64_t>& counter) noexcept : counter_(counter) {
    counter_.add(1);
  }
  CountedIn(const CountedIn&) = delete;
  CountedIn& operator=(const CountedIn&) = delete;
  ~CountedIn() { counter_.add(-1); }

 private:
  const BoundUpDownCounter<std::int64_t>& counter_;
};

/// The metrics of a task (docs/guide/metrics.md has the table). All attributes but `error.type` are known
/// when the task begins, so what succeeds is counted by bound instruments alone; what fails finds its cells
/// by its attributes. Any thread; every function is const.
class TaskMetrics {
 public:
  TaskMetrics(const Meter& meter, const TelemetryNames& names, const MessagingSpan& transaction,
              bool is_streaming);

  void count_batch() const noexcept { batches_.add(1); }
  void count_fetch(std::size_t fetched, Clock::duration duration, bool is_success) const noexcept;
  [[nodiscard]] const StageMetrics& stage(Stage stage) const noexcept {
    return stages_[static_cast<std::size_t>(stage)];
  }
  /// The whole of the stage `process`.
  void count_process(Clock::duration duration, const TaskError* error) const noexcept;
  void count_dead_letter() const noexcept { dead_letters_.add(1); }
  void count_empty_wait() const noexcept { empty_waits_.add(1); }
  void count_transaction(Clock::duration duration, TransactionStatus status,
                         const TaskError* error) const noexcept;
  void count_queue_time(std::chrono::duration<double> waited) const noexcept {
    queue_time_.record(waited.count());
  }

  /// One transaction is being worked on; one loop is there to do that.
  [[nodiscard]] CountedIn transaction_in_flight() const noexcept { return CountedIn(in_flight_); }
  [[nodiscard]] CountedIn loop_slot() const noexcept { return CountedIn(slots_); }

 private:
  struct OfFetches {
    BoundCounter<std::int64_t> total;
    BoundHistogram<double> duration;
  };
  [[nodiscard]] OfFetches bind_fetches(bool is_success) const noexcept;

  // Borrowed for what is not bound.
  const TelemetryNames& names_;
  const MessagingSpan& messaging_;

  Counter<std::int64_t> transactions_total_;
  Histogram<double> transactions_duration_;
  Counter<std::int64_t> fetch_total_;
  Histogram<double> fetch_duration_;
  Histogram<double> messaging_duration_;

  BoundCounter<std::int64_t> succeeded_;
  BoundHistogram<double> success_duration_;
  BoundHistogram<double> process_duration_;  // messaging.process.duration of what succeeded
  std::array<StageMetrics, kStages> stages_;
  std::array<OfFetches, 2> fetches_;  // by whether they succeeded
  BoundHistogram<std::int64_t> fetch_batch_size_;
  BoundCounter<std::int64_t> batches_;
  BoundCounter<std::int64_t> empty_waits_;
  BoundCounter<std::int64_t> dead_letters_;
  BoundHistogram<double> queue_time_;
  BoundUpDownCounter<std::int64_t> in_flight_;
  BoundUpDownCounter<std::int64_t> slots_;
};

}  // namespace ergon::inline v0::detail
