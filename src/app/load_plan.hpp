#pragma once

#include <vector>

#include <ergon/task/registration.hpp>

#include "app/load_tasks.hpp"
#include "config/config_error.hpp"
#include "task/worker_plan.hpp"

namespace ergon::inline v0::detail {

/// What a run of `task` is to do, by its configuration (`load_tasks`). All that is wrong, in the whole file,
/// is added to `errors`, in its order, and warnings are written to stderr; the plan is good only if nothing
/// was.
[[nodiscard]] WorkerPlan load_plan(const TaskType& task, const ProgramParts& program,
                                   const ConfigSources& sources, config::ConfigErrors& errors);

}  // namespace ergon::inline v0::detail
