#pragma once

#include <signal.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "task/supervisor/health_file.hpp"
#include "task/supervisor/health_port.hpp"
#include "task/supervisor/progress_line.hpp"
#include "task/supervisor/reporter.hpp"
#include "task/supervisor/run_folder.hpp"
#include "task/supervisor/worker_process.hpp"
#include "task/worker_plan.hpp"
#include "task/worker_report.hpp"

namespace ergon::inline v0::detail {

/// A run: its worker processes, from the first start to the last report. Main thread of a process that has no
/// other, once.
class Supervisor {
 public:
  /// Throws std::system_error or SystemError when something that it needs can't be had.
  explicit Supervisor(const WorkerPlan& plan);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  /// Puts back what signals did before.
  ~Supervisor();

  /// Until all workers have ended for good. The books of all processes that told theirs, the reporter's too.
  /// A second SIGINT or SIGTERM kills the workers, and this process exits with 128 + its number.
  [[nodiscard]] WorkerReport run();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  void start_child(std::optional<Child>& child, std::size_t worker, std::uint64_t before);
  [[nodiscard]] std::vector<int> own_descriptors();
  void wait(TimePoint until);
  void take_signals(TimePoint now);
  void take_stop_signal(int number, TimePoint now);
  void reap(TimePoint now);
  void check(TimePoint now);
  void stop_all(TimePoint now);
  void show_health();
  [[nodiscard]] bool is_finished() const noexcept;
  [[nodiscard]] bool is_healthy() const noexcept;
  [[nodiscard]] TimePoint next_look(TimePoint now) const noexcept;
  [[nodiscard]] std::string health_text() const;
  [[nodiscard]] Progress progress() const;
  [[nodiscard]] WorkerReport sum();

  const WorkerPlan& plan_;
  TaskConfig worker_config_;  // as the plan's, with files of each worker's own where there are several
  std::string run_id_;
  TimePoint start_{std::chrono::steady_clock::now()};
  RunFolder folder_;
  Board board_;
  WorkerCrew crew_;
  sigset_t signals_before_{};
  sigset_t signals_of_workers_{};
  void (*children_before_)(int) = nullptr;  // what was done about SIGCHLD
  int signals_{-1};                         // a signalfd
  int lifeline_[2]{-1, -1};                 // read end for the workers; nothing is ever written
  std::optional<HealthPort> port_;
  HealthFile file_;
  std::optional<Reporter> reporter_;
  std::deque<WorkerProcess> workers_;
  ProgressLine progress_line_;
  std::string failure_;
  int stop_signal_{0};
  TimePoint stopped_at_{};
  TimePoint next_check_{};
  bool is_stopping_{false};
};

}  // namespace ergon::inline v0::detail
