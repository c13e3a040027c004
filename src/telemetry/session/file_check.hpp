#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/visibility.hpp>

#include "config/config_error.hpp"
#include "config/values.hpp"

namespace ergon::inline v0::telemetry {

/// What is wrong with the files that a configuration, a described value at `path`, has telemetry write:
/// those that can't be written, and those that two have, of which one is no OTLP file (OTLP files may be
/// shared). Looks, and makes nothing. `task` is for names of files.
[[nodiscard]] ERGON_API config::ConfigErrors check_files(const config::TypeDescription& type,
                                                         const void* value, const std::string& path,
                                                         std::string_view task);

/// The names of files in a configuration, a described value, that each process writes under the same name:
/// those without {pid}, devices apart. They may be changed.
[[nodiscard]] ERGON_API std::vector<std::string*> files_without_pid(const config::TypeDescription& type,
                                                                    void* value);

}  // namespace ergon::inline v0::telemetry
