#pragma once

#include <optional>
#include <string>

#include <ergon/config/telemetry_config.hpp>

#include "config/config_error.hpp"
#include "config/node.hpp"
#include "config/origins.hpp"
#include "config/read.hpp"

namespace ergon::inline v0::config {

/// A file of OpenTelemetry's declarative configuration (specification: configuration/sdk.md), told in this
/// engine's objects. Without a provider its signal is off, without a propagator nothing travels.
struct DeclarativeFile {
  TelemetryConfig telemetry{};
  /// Nothing is on, whatever else is said.
  bool is_disabled{false};
  /// Whether the engine tells of troubles, which are of level `warn` (`log_level`).
  bool tells_of_troubles{true};
  /// The parts of the text at the places that they have in `telemetry`, below a mount.
  Origins origins{};
  ConfigErrors errors{};
  /// Keys that are not known here, but may be to others.
  ConfigWarnings warnings{};
};

/// Whether a text is such a file: it has `file_format`.
[[nodiscard]] bool is_declarative(const Origins& texts);

/// Reads texts of format 1.0 or 1.1, or of a newer minor version, of which unknown keys are warnings, as are
/// keys under development everywhere. What is wrong is said with the file's own paths; `mount` is where the
/// telemetry belongs in the whole, for `origins`.
[[nodiscard]] DeclarativeFile read_declarative(const Origins& texts, const ReadContext& context,
                                               const std::string& mount = {});
/// The same from a file.
[[nodiscard]] DeclarativeFile read_declarative_file(const std::string& file, const ReadContext& context,
                                                    const std::string& mount = {});

/// The file that OTEL_CONFIG_FILE names; then no other variable of OpenTelemetry's counts.
[[nodiscard]] std::optional<std::string> environment_config_file();

}  // namespace ergon::inline v0::config
