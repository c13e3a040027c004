#pragma once

#include <map>
#include <string>
#include <vector>

#include <ergon/config/description.hpp>
#include <ergon/config/task_config.hpp>

namespace ergon::inline v0 {

/// A program's configuration file, whole: `tasks: {NAME: …}`.
struct TaskFile {
  /// Files that are read before this one.
  std::vector<std::string> include{};
  /// What each task has where it says nothing else.
  TaskConfig defaults{};
  std::map<std::string, TaskConfig> tasks{};
};

}  // namespace ergon::inline v0

// The tables are in task_description.cpp. To read them takes the registries `connectors` and `services`.
namespace ergon::inline v0::config {

template <>
const TypeDescription& type_of<TelemetryPreset>() noexcept;
template <>
const TypeDescription& type_of<TaskConfig>() noexcept;
template <>
const TypeDescription& type_of<TaskFile>() noexcept;

}  // namespace ergon::inline v0::config
