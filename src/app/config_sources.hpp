#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ergon::inline v0::detail {

/// What the command line says of the configuration.
struct ConfigSources {
  std::optional<std::string> file{};
  /// `--otel-config`: OpenTelemetry's declarative configuration, as OTEL_CONFIG_FILE names it.
  std::optional<std::string> otel_config{};
  /// `--set PATH=VALUE`, below the task that is run, or all tasks where none is.
  std::vector<std::string> settings{};
};

}  // namespace ergon::inline v0::detail
