#include "task/supervisor/own_files.hpp"

#include "task/task_description.hpp"
#include "telemetry/session/file_check.hpp"

namespace ergon::inline v0::detail {

TaskConfig with_own_files(TaskConfig config) {
  for (std::string* name : telemetry::files_without_pid(config::type_of<TaskConfig>(), &config))
    *name += ".{pid}";
  return config;
}

std::string shared_files(const TaskConfig& config) {
  TaskConfig copy = config;
  std::string names;
  for (const std::string* name : telemetry::files_without_pid(config::type_of<TaskConfig>(), &copy))
    names += (names.empty() ? "" : ", ") + *name;
  return names;
}

}  // namespace ergon::inline v0::detail
