#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ergon/task/registration.hpp>

#include "app/config_sources.hpp"
#include "config/config_error.hpp"
#include "config/origins.hpp"
#include "config/read.hpp"
#include "task/task_description.hpp"
#include "task/worker_plan.hpp"

namespace ergon::inline v0::detail {

/// The configuration of tasks as it counts, and where each of its values comes from.
struct LoadedTasks {
  TaskFile file{};
  config::Origins origins{};
  /// All that is wrong, in the order of the texts, and what is allowed and better changed.
  config::ConfigErrors errors{};
  config::ConfigWarnings warnings{};
  /// The tasks whose telemetry is off, and why; their sections are as they are written, to be checked.
  std::map<std::string, std::string> off{};
  /// Whether OpenTelemetry's declarative file has been in its place, and its `log_level`.
  bool environment_is_ignored{false};
  bool tells_of_troubles{true};
};

/// What a program offers to its configuration. Refers to the App's own lists.
struct ProgramParts {
  const std::vector<TaskType>& tasks;
  Registry registry;
};

/// What a file of this program can refer to.
[[nodiscard]] config::ReadContext read_context(const Registry& registry);

/// What the program itself says of a task, with what its preset stands for.
[[nodiscard]] TaskConfig configured_in_code(const TaskType& task, const Registry& registry);

/// Turns off the telemetry of a task where that is said (`LoadedTasks::off`).
void apply_off(const LoadedTasks& loaded, const std::string& task, TaskConfig& config);

/// Reads the configuration of the task `run`, and of all that the file has, over what the program says in
/// code: the environment's variables, or OpenTelemetry's declarative file in place of what code says of
/// telemetry (`--otel-config`, OTEL_CONFIG_FILE, or the file itself if it is one), then the file (each task:
/// its `defaults`, then its own section; a preset is in the place of what it stands for), then the settings.
/// Of what no text says, OTEL_… variables of the signals decide.
[[nodiscard]] LoadedTasks load_tasks(const std::optional<std::string>& run, const ProgramParts& program,
                                     const ConfigSources& sources);

}  // namespace ergon::inline v0::detail
