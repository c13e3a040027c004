#pragma once

#include <string>

#include "config/config_error.hpp"
#include "config/node.hpp"

namespace ergon::inline v0::config {

/// The same tree with its references replaced in values, never in keys (`substituted`), and with its merge
/// keys (`<<: *base`, `<<: [*a, *b]`) resolved: what a map has itself counts, then what comes first in the
/// list. What can't be is added to `errors`, and left as it is.
[[nodiscard]] NodePointer expanded(const NodePointer& root, const std::string& file, ConfigErrors& errors);

}  // namespace ergon::inline v0::config
