#pragma once

#include <string>

#include "config/config_error.hpp"

namespace ergon::inline v0::config {

/// For people at a terminal: the line that an error is in, and below it a caret where. Empty where the error
/// has no place in a file that can be read.
[[nodiscard]] std::string excerpt(const ConfigError& error);

}  // namespace ergon::inline v0::config
