#pragma once

#include <string>
#include <string_view>

#include <ergon/telemetry/visibility.hpp>

#include "config/config_error.hpp"
#include "config/values.hpp"

namespace ergon::telemetry {

/// What is wrong with the files that a configuration, a described value at `path`, has telemetry write:
/// those that can't be written, and those that two have, of which one is no OTLP file (OTLP files may be
/// shared). Looks, and makes nothing. `task` is for names of files.
[[nodiscard]] ERGON_API config::ConfigErrors check_files(const config::TypeDescription& type,
                                                         const void* value, const std::string& path,
                                                         std::string_view task);

}  // namespace ergon::telemetry
