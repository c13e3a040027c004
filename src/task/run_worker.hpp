#pragma once

#include "task/stop_signals.hpp"
#include "task/worker_plan.hpp"
#include "task/worker_report.hpp"
#include "task/worker_seat.hpp"

namespace ergon::inline v0::detail {

/// Runs a task in this process, from the start of its telemetry to the end of it. Never throws but for lack
/// of memory. Main thread.
[[nodiscard]] WorkerReport run_worker(const WorkerPlan& plan, const WorkerSeat& seat,
                                      const StopSignals& signals);

}  // namespace ergon::inline v0::detail
