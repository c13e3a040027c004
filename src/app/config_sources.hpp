#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ergon::detail {

/// What the command line says of the configuration.
struct ConfigSources {
  std::optional<std::string> file{};
  /// `--set PATH=VALUE`, below the task that is run, or all tasks where none is.
  std::vector<std::string> settings{};
};

}  // namespace ergon::detail
