#pragma once

#include <optional>
#include <string>

namespace ergon::inline v0::config {

/// An environment variable's value; an empty one counts as unset, as OpenTelemetry's specification has it.
/// Like getenv, not to be called while another thread changes the environment.
[[nodiscard]] std::optional<std::string> environment_variable(const char* name);

/// In ASCII: names in the environment are those of choices whatever their case.
[[nodiscard]] std::string lower_case(std::string text);

}  // namespace ergon::inline v0::config
