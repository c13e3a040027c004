#pragma once

#include <string>

#include <ergon/config/telemetry_config.hpp>

#include "config/config_error.hpp"

namespace ergon::inline v0::telemetry {

/// A configuration as it counts, but for what code says.
struct LoadedConfig {
  TelemetryConfig telemetry{};
  /// The environment has said all that it has to say.
  bool environment_is_ignored{false};
  /// Whether diagnostics are, by a declarative file.
  bool tells_of_troubles{true};
  config::ConfigErrors errors{};
  config::ConfigWarnings warnings{};
};

/// Reads a `telemetry.yaml`, over the declarative file that OTEL_CONFIG_FILE names if it names one, else over
/// what the other variables of the environment say; or a declarative file of OpenTelemetry's itself.
[[nodiscard]] LoadedConfig load_config(const std::string& path, const std::string& service_name);

/// Reads a declarative file.
[[nodiscard]] LoadedConfig load_declarative_config(const std::string& path, const std::string& service_name);

}  // namespace ergon::inline v0::telemetry
