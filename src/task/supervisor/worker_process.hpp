#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "task/backoff.hpp"
#include "task/board.hpp"
#include "task/supervisor/child.hpp"
#include "task/supervisor/liveness.hpp"
#include "task/supervisor/supervisor_event.hpp"
#include "task/worker_report.hpp"

namespace ergon::inline v0::detail {

/// What all workers of a run have in common.
struct WorkerCrew {
  const Board& board;
  const SupervisionConfig& limits;
  /// Starts a process for the worker of this number, which had so many transactions before.
  std::function<void(std::optional<Child>& child, std::size_t worker, std::uint64_t before)> start;
  std::function<void(const SupervisorEvent& event)> tell;
};

/// One worker of a run, through all its processes: started, asked to stop, killed, and started again after a
/// wait when it died. The supervisor's thread.
class WorkerProcess {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  WorkerProcess(const WorkerCrew& crew, std::size_t number);

  void start(TimePoint now);
  /// Asks it to stop, and for good: it is not started again.
  void stop(TimePoint now);
  /// At once.
  void kill() noexcept;
  /// Looks whether it gets on, kills what did not stop, starts what has waited.
  void check(TimePoint now);
  /// It has ended, as waitpid says.
  void reap(TimePoint now, int status);

  [[nodiscard]] pid_t pid() const noexcept { return child_ ? child_->pid() : -1; }
  [[nodiscard]] std::optional<Child>& child() noexcept { return child_; }
  [[nodiscard]] bool is_finished() const noexcept { return is_finished_; }
  [[nodiscard]] bool is_well() const noexcept { return is_finished_ || (child_ && !kill_at_); }
  /// Why the run has failed, by this worker; empty if it has not.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  /// When `check` has something to do, beside its regular looks.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const noexcept;
  /// The books of all its processes.
  [[nodiscard]] const WorkerReport& sum() const noexcept { return sum_; }
  [[nodiscard]] int restarts() const noexcept { return restarts_; }
  /// Transactions of all its processes, of the one that runs, too.
  [[nodiscard]] Tally tally() const noexcept;

 private:
  void ask_to_stop(TimePoint now);
  void end_orderly(TimePoint now, const WorkerReport& report);
  void end_by_death(TimePoint now, int status);
  void die_again(TimePoint now, std::string_view how);
  void note_progress(const Tally& done) noexcept;
  void start_again(TimePoint now, std::string_view reason);
  [[nodiscard]] SupervisorEvent event(SupervisorEvent::Kind kind) const noexcept;

  const WorkerCrew& crew_;
  std::size_t number_;
  std::optional<Child> child_;
  Liveness liveness_;
  Backoff backoff_;
  WorkerReport sum_;
  std::string failure_;
  std::string restart_reason_;  // of the start that is to come
  std::int64_t deaths_in_a_row_{0};
  int restarts_{0};
  bool is_finished_{false};
  bool is_stopping_{false};
  bool was_unhealthy_{false};
  std::optional<TimePoint> start_at_;
  std::optional<TimePoint> kill_at_;
};

}  // namespace ergon::inline v0::detail
