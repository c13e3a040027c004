#pragma once

#include <optional>
#include <string>

#include <ergon/config/delivery_config.hpp>
#include <ergon/config/log_filters.hpp>
#include <ergon/config/logging_config.hpp>
#include <ergon/config/metrics_config.hpp>
#include <ergon/config/propagator_config.hpp>
#include <ergon/config/resource_config.hpp>
#include <ergon/config/tracing_config.hpp>

namespace ergon::inline v0 {

/// Everything that `telemetry::start` needs, and the top level of `telemetry.yaml`. A signal without its
/// section is off; an empty section (`tracing: {}`, or `TracingConfig{}`) is on with useful defaults. With no
/// section at all the program logs to the console and nothing else is on.
struct TelemetryConfig {
  /// The resource attribute `service.name`. Empty: from the environment, else the name of the program or
  /// task.
  std::string service_name{};
  /// What describes the process, on every signal; what a section has of it is added for that signal only.
  ResourceConfig resource{};
  /// How contexts travel to and from other processes. Not given: as OTEL_PROPAGATORS says, else by W3C trace
  /// context and baggage.
  std::optional<PropagatorConfig> propagator{};
  /// What is to leave the process under no circumstances, in logs and spans.
  std::optional<RedactConfig> redact{};
  DeliveryConfig delivery{};
  std::optional<LoggingConfig> logging{};
  std::optional<MetricsConfig> metrics{};
  std::optional<TracingConfig> tracing{};
};

}  // namespace ergon::inline v0
