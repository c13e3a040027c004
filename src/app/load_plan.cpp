#include "app/load_plan.hpp"

#include <utility>

#include "app/report_config.hpp"
#include "base/diagnostic.hpp"

namespace ergon::inline v0::detail {

WorkerPlan load_plan(const TaskType& task, const ProgramParts& program, const ConfigSources& sources,
                     config::ConfigErrors& errors) {
  LoadedTasks loaded = load_tasks(task.name, program, sources);
  report_warnings(loaded.warnings);
  errors = std::move(loaded.errors);
  const auto own = loaded.file.tasks.find(task.name);
  if (own == loaded.file.tasks.end()) return {};
  config::ConfigErrors mismatches;
  WorkerPlan plan = make_plan(task, std::move(own->second), program.registry, mismatches);
  loaded.origins.add_located(errors, std::move(mismatches));
  apply_off(loaded, task.name, plan.config);
  plan.environment_is_ignored = loaded.environment_is_ignored;
  if (loaded.environment_is_ignored) base::tell_diagnostics(loaded.tells_of_troubles);
  return plan;
}

}  // namespace ergon::inline v0::detail
