#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ergon/task/registration.hpp>

#include "config/config_error.hpp"
#include "task/worker_plan.hpp"

namespace ergon::detail {

/// What a run of `task` is to do: the configuration it has in code, then the environment's resource
/// attributes, then the file, if there is one, read over it. All that is wrong, in the whole file, is added
/// to `errors`, in its order; the plan is good only if nothing was.
[[nodiscard]] WorkerPlan load_plan(const TaskType& task, const std::vector<TaskType>& tasks,
                                   const Registry& registry, const std::optional<std::string>& file,
                                   config::ConfigErrors& errors);

}  // namespace ergon::detail
