#pragma once

#include "config/config_error.hpp"
#include "config/origins.hpp"
#include "config/values.hpp"

namespace ergon::inline v0::config {

/// Warns of secrets in a described value at `path` that stand as they are in files which everybody can read.
[[nodiscard]] ConfigWarnings plain_secrets(const TypeDescription& type, const void* value,
                                           const std::string& path, const Origins& origins);

}  // namespace ergon::inline v0::config
