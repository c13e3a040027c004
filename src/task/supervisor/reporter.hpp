#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "task/supervisor/child.hpp"
#include "task/supervisor/supervisor_event.hpp"
#include "task/worker_plan.hpp"
#include "task/worker_report.hpp"

namespace ergon::inline v0::detail {

/// The supervisor's voice: a child process with a telemetry session of its own, which writes what it is told
/// as logs of `ergon.supervisor`, spans `{Task}.restart` and metrics `ergon.workers.…`. Its session begins
/// with the first event that is worth a word, or at once where there are metrics.
class Reporter {
 public:
  Reporter(const WorkerPlan& plan, const std::string& run_id, const ChildSetup& setup);
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  ~Reporter();

  /// Never waits: an event for which there is no room is lost.
  void tell(const SupervisorEvent& event) noexcept;
  /// What the workers' own process image must close.
  [[nodiscard]] int descriptor() const noexcept { return events_; }
  [[nodiscard]] const Child& child() const noexcept { return *child_; }
  /// Lets it end, and waits so long for its books; nothing where it has none.
  [[nodiscard]] std::optional<WorkerReport> finish(std::chrono::milliseconds timeout);

 private:
  int events_{-1};
  std::optional<Child> child_;
  bool is_finished_{false};
};

}  // namespace ergon::inline v0::detail
