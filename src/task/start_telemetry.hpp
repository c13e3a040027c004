#pragma once

#include <utility>

#include <ergon/config/task_config.hpp>
#include <ergon/telemetry/session.hpp>

namespace ergon::inline v0::detail {

/// This process's telemetry, as a task's configuration has it.
[[nodiscard]] inline telemetry::Session start_telemetry(const TaskConfig& config,
                                                        telemetry::RuntimeOptions options) {
  return telemetry::start({.resource = config.resource,
                           .propagator = config.propagator,
                           .redact = config.redact,
                           .delivery = config.delivery,
                           .logging = config.logging,
                           .metrics = config.metrics,
                           .tracing = config.tracing},
                          std::move(options));
}

}  // namespace ergon::inline v0::detail
