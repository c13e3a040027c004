#include "task/run_worker.hpp"

#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <stop_token>

#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/logger.hpp>
#include <ergon/telemetry/process_metrics.hpp>
#include <ergon/telemetry/session.hpp>

#include "base/version.hpp"
#include "task/attempt_watch.hpp"
#include "task/exit_code.hpp"
#include "task/start_telemetry.hpp"
#include "task/worker.hpp"
#include "task/worker_resource.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::chrono::milliseconds kProgressPeriod{500};

int exit_code(const WorkerReport& report, int signal) {
  if (!report.failure.empty()) return kExitError;
  return signal != 0 ? kExitSignalBase + signal : kExitOk;
}

// Said where the transaction's own logs are found.
void tell_overdue(const Overdue& overdue) {
  const auto logger = get_logger("ergon.task", {.version = base::kVersion});
  const auto context = attach(Context().with_span_context(overdue.span));
  if (overdue.transaction_id.empty())
    return logger.warning("{} goes on though its time is over", overdue.stage);
  logger.with({{"ergon.transaction.id", overdue.transaction_id}})
      .warning("{} goes on though its time is over", overdue.stage);
}

// Without a supervisor there is nobody to wait for: what is in flight may finish, for so long.
void end_soon(std::stop_source& stop) {
  constexpr itimerval kGrace{.it_interval = {}, .it_value = {.tv_sec = 1, .tv_usec = 0}};
  std::signal(SIGALRM, SIG_DFL);
  ::setitimer(ITIMER_REAL, &kGrace, nullptr);
  stop.request_stop();
}

void show_telemetry(const telemetry::Session& session, WorkerCell& cell) {
  const auto books = session.statistics();
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;
  for (const auto* signal : {&books.spans, &books.logs, &books.metric_points}) {
    delivered += signal->total.delivered;
    dropped += signal->total.dropped_total() + signal->total.rejected;
  }
  cell.telemetry_delivered.store(delivered, std::memory_order_relaxed);
  cell.telemetry_dropped.store(dropped, std::memory_order_relaxed);
}

}  // namespace

WorkerReport run_worker(const WorkerPlan& plan, const WorkerSeat& seat, const StopSignals& signals) {
  const TaskIdentity identity = make_identity(plan.task, seat);
  const telemetry::RuntimeOptions options{.handles_crashes = true,
                                          .default_service_name = plan.task,
                                          .config_is_from_file = true,
                                          .environment_is_ignored = plan.environment_is_ignored,
                                          .injected_resource = worker_resource(identity)};
  auto session = start_telemetry(plan.config, options);
  if (!session) return {.exit_code = kExitConfiguration, .failure = "telemetry could not be started"};
  CallbackRegistration process_metrics;  // to the last collection
  if (plan.config.metrics) process_metrics = telemetry::observe_process();

  WorkerCell& cell = seat.board.worker(seat.index);
  std::stop_source stop = signals.stop();
  AttemptWatch watch({.is_overdue = tell_overdue,
                      .is_orphaned = [&stop] { end_soon(stop); },
                      .tick = [&] { show_telemetry(session, cell); },
                      .period = seat.shows_progress ? kProgressPeriod : std::chrono::milliseconds(0)},
                     seat.lifeline);
  WorkerReport report{.has_started = true};
  {
    Worker worker(plan, identity, seat, watch, stop);
    report.failure = worker.live();
    report.is_recycled = worker.is_used_up();
    report.duration = worker.duration();
  }
  report.transactions = seat.board.tally(seat.index);
  cell.phase.store(WorkerPhase::flushing, std::memory_order_relaxed);
  session.shutdown(plan.config.delivery.shutdown_timeout.value_or(options.shutdown_timeout));
  report.statistics = session.statistics();
  report.exit_code = exit_code(report, StopSignals::received());
  return report;
}

}  // namespace ergon::inline v0::detail
