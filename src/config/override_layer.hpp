#pragma once

#include <string>
#include <string_view>

#include "config/origins.hpp"

namespace ergon::inline v0::config {

/// What `--set PATH=VALUE` says, as a text that belongs at `mount`: PATH is the keys down to a value,
/// separated by dots, or `["a.b"]` where a key has one, and VALUE is YAML. A list is set as a whole. What is
/// wrong is added to `errors`; then the layer has no root. The value is in no message: it may be secret.
[[nodiscard]] Layer override_layer(std::string_view setting, std::string mount, ConfigErrors& errors);

}  // namespace ergon::inline v0::config
