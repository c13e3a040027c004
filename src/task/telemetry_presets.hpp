#pragma once

#include <string>

#include <ergon/config/task_config.hpp>

#include "config/read.hpp"

namespace ergon::inline v0::detail {

/// The sections that a preset stands for, as a text of a configuration that belongs at `mount`; an empty one
/// for `off`, which stands for the lack of all.
[[nodiscard]] config::Layer preset_layer(TelemetryPreset preset, std::string mount);

/// Gives a configuration made in code the sections that its preset stands for and that it has not itself.
void expand_preset(TaskConfig& config);

}  // namespace ergon::inline v0::detail
