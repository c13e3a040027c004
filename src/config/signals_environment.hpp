#pragma once

#include <optional>
#include <string>

#include <ergon/config/logging_config.hpp>
#include <ergon/config/metrics_config.hpp>
#include <ergon/config/tracing_config.hpp>

#include "config/origins.hpp"

namespace ergon::inline v0::config {

/// The three signals of a configuration.
struct Signals {
  std::optional<LoggingConfig>& logging;
  std::optional<MetricsConfig>& metrics;
  std::optional<TracingConfig>& tracing;
};

/// Whether OTEL_SDK_DISABLED says so; another value than true or false is reported on stderr and ignored.
[[nodiscard]] bool is_disabled_by_environment();

/// Leaves nothing on.
void turn_off(Signals signals);

/// Puts what the environment says of signals in place of what the configuration has, but for keys that a text
/// has; `path` is that of the object that the sections are in. OTEL_{TRACES,METRICS,LOGS}_EXPORTER (`otlp`,
/// `console`, `none`, several separated by commas) turn a signal on or off and choose where it goes,
/// OTEL_EXPORTER_OTLP_PROTOCOL and those of a signal how (`grpc`, `http/protobuf`, `http/json`); a signal
/// that a text has is not turned off. Then come OTEL_BSP_… and OTEL_BLRP_…, the limits, and what the
/// functions of the single signals take. What can't be used is reported on stderr and ignored (specification:
/// configuration/sdk-environment-variables.md). Like getenv.
void apply_environment(Signals signals, Origins& origins, const std::string& path = {});

}  // namespace ergon::inline v0::config
