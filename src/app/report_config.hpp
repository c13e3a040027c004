#pragma once

#include "config/config_error.hpp"

namespace ergon::inline v0::detail {

/// Says on stderr what is wrong with a configuration, a line each; on a terminal with the place in the file.
void report_errors(const config::ConfigErrors& errors);

void report_warnings(const config::ConfigWarnings& warnings);

}  // namespace ergon::inline v0::detail
