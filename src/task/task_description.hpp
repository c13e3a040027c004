#pragma once

#include <map>
#include <string>

#include <ergon/config/description.hpp>
#include <ergon/config/task_config.hpp>

namespace ergon {

/// A program's configuration file, whole: `tasks: {NAME: …}`.
struct TaskFile {
  std::map<std::string, TaskConfig> tasks{};
};

}  // namespace ergon

// The tables are in task_description.cpp. To read them takes the registries `connectors` and `services`.
namespace ergon::config {

template <>
const TypeDescription& type_of<TaskConfig>() noexcept;
template <>
const TypeDescription& type_of<TaskFile>() noexcept;

}  // namespace ergon::config
