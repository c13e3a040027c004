#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <ergon/config/delivery_config.hpp>
#include <ergon/config/logging_config.hpp>
#include <ergon/config/metrics_config.hpp>
#include <ergon/config/options.hpp>
#include <ergon/config/policies.hpp>
#include <ergon/config/propagator_config.hpp>
#include <ergon/config/resource_config.hpp>
#include <ergon/config/supervision_config.hpp>
#include <ergon/config/tracing_config.hpp>

namespace ergon::inline v0 {

/// A name for what the three signals are together; below `tasks.NAME`, `telemetry: files` is in the place of
/// the sections that it stands for. What is said beside it counts over it.
enum class TelemetryPreset : std::uint8_t {
  /// All signals on standard output, for people.
  console,
  /// Readable logs in rotating files and all signals as OTLP JSON lines, `telemetry/TASK-PID.log` and
  /// `.jsonl`, for programs without a backend.
  files,
  /// Logs on the console; all signals to an OTLP backend, on this machine unless OTEL_EXPORTER_OTLP_ENDPOINT
  /// says otherwise.
  otlp,
  /// Nothing, whatever else is said.
  off,
};

/// One task: where its work comes from and goes to, what it uses, how it runs and what it tells. In YAML:
/// `tasks.NAME`. The three signals are as in `TelemetryConfig`: without its section a signal is off.
struct TaskConfig {
  /// Worker processes, each with telemetry of its own; from 1 to 1,024.
  std::int64_t workers{1};
  /// By the name the task uses. In YAML `NAME: {TYPE: {options}}`; in code `{{"orders",
  /// JsonlConnector::Options{…}}}`. Those of a file replace those in code; of the same name and type they are
  /// merged.
  std::map<std::string, AnyOptions> connectors{};
  /// By the name the program registered. In YAML `NAME: {options}`; in code `{{"payments",
  /// PaymentService::Options{…}}}`.
  std::map<std::string, AnyOptions> services{};
  Policies policies{};
  SupervisionConfig supervision{};
  /// Sections for those of the three signals that have none.
  std::optional<TelemetryPreset> telemetry{};
  /// As in `TelemetryConfig`.
  ResourceConfig resource{};
  /// As in `TelemetryConfig`.
  std::optional<PropagatorConfig> propagator{};
  /// As in `TelemetryConfig`.
  std::optional<RedactConfig> redact{};
  /// As in `TelemetryConfig`.
  DeliveryConfig delivery{};
  std::optional<LoggingConfig> logging{};
  std::optional<MetricsConfig> metrics{};
  std::optional<TracingConfig> tracing{};
};

}  // namespace ergon::inline v0
