#pragma once

#include <chrono>
#include <string>

#include <ergon/telemetry/statistics.hpp>

#include "task/consumer_loop.hpp"
#include "task/stop_signals.hpp"
#include "task/worker_plan.hpp"

namespace ergon::detail {

/// What became of a worker; its telemetry has been shut down when there is one.
struct WorkerReport {
  int exit_code{0};
  /// Why it failed, for people; empty if it did not.
  std::string failure{};
  /// False when telemetry could not be started, so that nothing was done at all.
  bool has_started{false};
  Tally transactions{};
  /// Of the loops alone.
  std::chrono::duration<double> duration{0};
  telemetry::Statistics statistics{};
};

/// Runs a task in this process, from the start of its telemetry to the end of it. Never throws but for lack
/// of memory. Main thread.
[[nodiscard]] WorkerReport run_worker(const WorkerPlan& plan, const StopSignals& signals);

}  // namespace ergon::detail
