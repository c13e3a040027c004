#include "app/load_plan.hpp"

#include <algorithm>
#include <utility>

#include "config/nearest_name.hpp"
#include "config/read.hpp"
#include "config/values.hpp"
#include "config/yaml_document.hpp"
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
TaskConfig with_type_names(TaskConfig config, const Registry& registry) {
  for (auto& [name, options] : config.connectors) {
    const ConnectorType* type = find_connector(registry.connectors, options);
    if (type != nullptr) options.set_type(type->name);
  }
  for (auto& [name, options] : config.services) options.set_type(name);
  return config;
}

const config::Node* find_entry(const config::Node& map, std::string_view key) {
  const auto found =
      std::ranges::find_if(map.entries, [&](const auto& entry) { return entry.first->text == key; });
  return found != map.entries.end() ? found->second.get() : nullptr;
}

// To the reader any key is a task's name; that it is one of the program's is known here.
void complain_of_unknown_tasks(const config::Node& root, const std::string& file,
                               const std::vector<TaskType>& tasks, ConfigErrors& errors) {
  const config::Node* section = find_entry(root, "tasks");
  if (section == nullptr) return;
  std::vector<std::string_view> names;
  std::string allowed;
  for (const TaskType& task : tasks) {
    names.emplace_back(task.name);
    allowed += (allowed.empty() ? "" : ", ") + task.name;
  }
  for (const auto& [key, value] : section->entries) {
    if (std::ranges::find(names, key->text) != names.end()) continue;
    errors.push_back({.file = file,
                      .line = key->line,
                      .column = key->column,
                      .path = config::member_path("tasks", key->text),
                      .complaint = {.found = "an unknown task",
                                    .allowed = allowed,
                                    .meant = std::string(config::nearest_name(key->text, names))}});
  }
}

TaskFile read_file(const std::string& file, TaskFile defaults, const std::vector<TaskType>& tasks,
                   const Registry& registry, ConfigErrors& errors) {
  const config::ReadContext context{
      {{"connectors", options_of(registry.connectors)}, {"services", options_of(registry.services)}}};
  const std::string text = config::load_text(file, errors);
  if (!errors.empty()) return defaults;
  errors = config::read_yaml(text, file, defaults, context);
  ConfigErrors told_already;
  if (const auto root = config::load_yaml(text, file, told_already)) {
    complain_of_unknown_tasks(*root, file, tasks, errors);
    std::ranges::stable_sort(errors, {}, &config::ConfigError::line);
  }
  return defaults;
}

}  // namespace

WorkerPlan load_plan(const TaskType& task, const std::vector<TaskType>& tasks, const Registry& registry,
                     const std::optional<std::string>& file, ConfigErrors& errors) {
  TaskFile all;
  for (const TaskType& known : tasks) all.tasks.emplace(known.name, with_type_names(known.config, registry));
  if (file) all = read_file(*file, std::move(all), tasks, registry, errors);
  if (errors.empty()) errors = config::validate(all);
  if (!errors.empty()) return {};
  return make_plan(task, std::move(all.tasks[task.name]), registry, errors);
}

}  // namespace ergon::detail
