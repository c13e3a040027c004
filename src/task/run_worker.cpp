#include "task/run_worker.hpp"

#include <utility>

#include <ergon/telemetry/process_metrics.hpp>
#include <ergon/telemetry/session.hpp>

#include "task/exit_code.hpp"
#include "task/worker.hpp"
#include "task/worker_resource.hpp"

namespace ergon::detail {
namespace {

telemetry::Session start_telemetry(const WorkerPlan& plan, telemetry::RuntimeOptions options) {
  return telemetry::start({.resource = plan.config.resource,
                           .propagator = plan.config.propagator,
                           .redact = plan.config.redact,
                           .delivery = plan.config.delivery,
                           .logging = plan.config.logging,
                           .metrics = plan.config.metrics,
                           .tracing = plan.config.tracing},
                          std::move(options));
}

int exit_code(const WorkerReport& report, int signal) {
  if (!report.failure.empty()) return kExitError;
  return signal != 0 ? kExitSignalBase + signal : kExitOk;
}

}  // namespace

WorkerReport run_worker(const WorkerPlan& plan, const StopSignals& signals) {
  const TaskIdentity identity = make_identity(plan.task);
  const telemetry::RuntimeOptions options{.handles_crashes = true,
                                          .default_service_name = plan.task,
                                          .config_is_from_file = true,
                                          .environment_is_ignored = plan.environment_is_ignored,
                                          .injected_resource = worker_resource(identity)};
  auto session = start_telemetry(plan, options);
  if (!session) return {.exit_code = kExitConfiguration, .failure = "telemetry could not be started"};
  CallbackRegistration process_metrics;  // to the last collection
  if (plan.config.metrics) process_metrics = telemetry::observe_process();

  WorkerReport report{.has_started = true};
  {
    Worker worker(plan, identity, signals);
    report.failure = worker.live();
    report.transactions = worker.tally();
    report.duration = worker.duration();
  }
  session.shutdown(plan.config.delivery.shutdown_timeout.value_or(options.shutdown_timeout));
  report.statistics = session.statistics();
  report.exit_code = exit_code(report, StopSignals::received());
  return report;
}

}  // namespace ergon::detail
