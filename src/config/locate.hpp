#pragma once

#include <string>

#include "config/config_error.hpp"
#include "config/node.hpp"

namespace ergon::config {

/// Whether a file has the key or item that `path` names, whatever its value.
[[nodiscard]] bool is_in(const Node& root, const std::string& path);

/// Gives an error, which knows only its path, its place in `file`: that of what the path names or, where that
/// is not in the file, of the nearest key above it.
void locate(ConfigError& error, const std::string& file, const Node& root);

/// Adds to the `errors` of a file those of a later check, located, and sorts all by place. Left out are those
/// at or below a path that has an error already, since they may follow from it, and what is beyond
/// kErrorLimit.
void add_located(ConfigErrors& errors, ConfigErrors later, const std::string& file, const Node& root);

}  // namespace ergon::config
