#include "app/load_plan.hpp"

#include <algorithm>
#include <utility>

#include "config/environment.hpp"
#include "config/extension_registry.hpp"
#include "config/locate.hpp"
#include "config/metrics_environment.hpp"
#include "config/nearest_name.hpp"
#include "config/otlp_environment.hpp"
#include "config/read.hpp"
#include "config/tracing_environment.hpp"
#include "config/values.hpp"
#include "task/task_description.hpp"

namespace ergon::detail {
namespace {

using config::ConfigErrors;

template <class Base>
config::OptionsRegistry options_of(const std::vector<PartType<Base>>& types) {
  config::OptionsRegistry registry;
  for (const auto& type : types) registry.emplace(type.name, type.defaults);
  return registry;
}

// The reader merges options of the same type only; those made in code don't know yet what theirs is called.
void name_types(TaskConfig& config, const Registry& registry) {
  for (auto& [name, options] : config.connectors) {
    const ConnectorType* type = find_connector(registry.connectors, options);
    if (type != nullptr) options.set_type(type->name);
  }
  for (auto& [name, options] : config.services) options.set_type(name);
}

// The environment wins over what code says, and loses to the file, which is read over this. What it says is
// on every signal, so a signal of its own mind gives way.
void apply_environment(TaskConfig& config, const ResourceAttributes& environment) {
  if (auto propagator = config::environment_propagator()) config.propagator = std::move(propagator);
  const auto give_way = [&](auto& section) {
    if (!section) return;
    std::erase_if(section->resource, [&](const auto& one) { return environment.contains(one.first); });
  };
  for (const auto& [key, value] : environment) config.resource.insert_or_assign(key, value);
  give_way(config.logging);
  give_way(config.metrics);
  give_way(config.tracing);
}

// What it says of a section's own keys is for one that a file alone may bring, so it comes afterwards.
void apply_environment_of_sections(TaskConfig& config, const std::string& task, const config::Node* file) {
  const std::string path = config::member_path("tasks", task);
  const auto section = [&](std::string_view name) { return config::member_path(path, name); };
  if (config.tracing) {
    config::apply_tracing_environment(*config.tracing, file, section("tracing"));
    config::apply_otlp_environment(*config.tracing, file, section("tracing"));
  }
  if (config.metrics) {
    config::apply_metrics_environment(*config.metrics, file, section("metrics"));
    config::apply_otlp_environment(*config.metrics, file, section("metrics"));
  }
  if (config.logging) config::apply_otlp_environment(*config.logging, file, section("logging"));
}

// What the code says of the task that is run and of those in the file, if there is one. What others have in
// code may be incomplete.
TaskFile configured_in_code(const TaskType& run, const std::vector<TaskType>& tasks, const Registry& registry,
                            const config::Node* file) {
  const ResourceAttributes environment = config::environment_resource();
  TaskFile all;
  for (const TaskType& task : tasks) {
    const bool is_in_file = file && config::is_in(*file, config::member_path("tasks", task.name));
    if (task.name != run.name && !is_in_file) continue;
    TaskConfig& config = all.tasks.emplace(task.name, task.config).first->second;
    name_types(config, registry);
    apply_environment(config, environment);
  }
  return all;
}

// To the reader any key is a task's name; that it is one of the program's is known here.
ConfigErrors unknown_tasks(const TaskFile& file, const std::vector<TaskType>& tasks) {
  std::vector<std::string_view> names;
  std::string allowed;
  for (const TaskType& task : tasks) {
    names.emplace_back(task.name);
    allowed += (allowed.empty() ? "" : ", ") + task.name;
  }
  ConfigErrors errors;
  for (const auto& [name, config] : file.tasks) {
    if (std::ranges::find(names, name) != names.end()) continue;
    errors.push_back({.path = config::member_path("tasks", name),
                      .complaint = {.found = "an unknown task",
                                    .allowed = allowed,
                                    .meant = std::string(config::nearest_name(name, names))}});
  }
  return errors;
}

}  // namespace

WorkerPlan load_plan(const TaskType& task, const std::vector<TaskType>& tasks, const Registry& registry,
                     const std::optional<std::string>& file, ConfigErrors& errors) {
  if (!file) {
    TaskFile own = configured_in_code(task, tasks, registry, nullptr);
    errors = config::validate(own);
    apply_environment_of_sections(own.tasks[task.name], task.name, nullptr);
    return make_plan(task, std::move(own.tasks[task.name]), registry, errors);
  }
  const config::Document document = config::load_document(*file, errors);
  if (!document.root) return {};
  TaskFile all = configured_in_code(task, tasks, registry, document.root.get());
  config::ReadContext context{config::extension_registries()};
  context.registries["connectors"] = options_of(registry.connectors);
  context.registries["services"] = options_of(registry.services);
  errors = config::read_document(document, config::type_of<TaskFile>(), &all, context);
  apply_environment_of_sections(all.tasks[task.name], task.name, document.root.get());
  ConfigErrors mismatches = unknown_tasks(all, tasks);
  WorkerPlan plan = make_plan(task, std::move(all.tasks[task.name]), registry, mismatches);
  config::add_located(errors, std::move(mismatches), *file, *document.root);
  return plan;
}

}  // namespace ergon::detail
