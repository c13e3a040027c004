#include "app/config_command.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "app/report_config.hpp"
#include "config/allowed_text.hpp"
#include "config/json_schema.hpp"
#include "config/scalar_value.hpp"
#include "config/yaml_text.hpp"
#include "task/exit_code.hpp"

namespace ergon::inline v0::detail {
namespace {

using config::ValueView;
using Texts = std::map<std::string, std::string, std::less<>>;

const TaskType* find_task(const ProgramParts& program, std::string_view name) {
  const auto found = std::ranges::find(program.tasks, name, &TaskType::name);
  return found != program.tasks.end() ? &*found : nullptr;
}

// The scalars of a configuration, by their paths below the task.
Texts texts_of(const TaskConfig& config) {
  Texts texts;
  config::visit_values(config::type_of<TaskConfig>(), &config, [&](const ValueView& view) {
    texts.emplace(view.path, config::value_text(view.type, view.value));
  });
  return texts;
}

// Says where the values of a task come from.
class OriginRemark {
 public:
  OriginRemark(const config::Origins& origins, std::string path, const TaskConfig& code)
      : origins_(origins), path_(std::move(path)), defaults_(texts_of(TaskConfig{})), code_(texts_of(code)) {}

  std::string operator()(const ValueView& view, bool has_parts) const {
    if (has_parts) return {};
    if (const auto place = origins_.place_of(view.path))
      return place->line > 0 && !place->source.starts_with("telemetry: ") &&
                     !place->source.starts_with("--set ")
                 ? fmt::format("{}:{}", place->source, place->line)
                 : std::string(place->source);
    if (const std::string* variable = origins_.variable_of(view.path)) return *variable;
    const std::string below = view.path.substr(std::min(path_.size() + 1, view.path.size()));
    const std::string text = config::value_text(view.type, view.value);
    return is_in(defaults_, below, text) || !is_in(code_, below, text) ? "default" : "code";
  }

 private:
  static bool is_in(const Texts& texts, const std::string& path, const std::string& text) {
    const auto found = texts.find(path);
    return found != texts.end() && found->second == text;
  }

  const config::Origins& origins_;
  std::string path_;
  Texts defaults_;
  Texts code_;
};

LoadedTasks load_all(const ConfigCommand& command, const ProgramParts& program) {
  LoadedTasks loaded = load_tasks(std::nullopt, program, command.sources);
  config::ConfigErrors mismatches;
  for (const auto& [name, config] : loaded.file.tasks) {
    const TaskType* type = find_task(program, name);
    if (type != nullptr) static_cast<void>(make_plan(*type, config, program.registry, mismatches));
  }
  loaded.origins.add_located(loaded.errors, std::move(mismatches));
  return loaded;
}

int check_or_show(const ConfigCommand& command, const ProgramParts& program) {
  const LoadedTasks loaded = load_all(command, program);
  report_warnings(loaded.warnings);
  if (!loaded.errors.empty()) {
    report_errors(loaded.errors);
    return kExitConfiguration;
  }
  const bool shows = command.kind == ConfigCommand::Kind::show;
  if (shows && !command.task.empty() && !loaded.file.tasks.contains(command.task)) {
    report_errors({{.file = command.sources.file.value_or(""),
                    .complaint = {"nothing of the task " + command.task, "a file that has it"}}});
    return kExitConfiguration;
  }
  std::puts(shows ? effective_text(loaded, program, command.task).c_str()
                  : (command.sources.file.value_or("") + ": no errors").c_str());
  return kExitOk;
}

// What a key is for, and what it may be.
std::string description_remark(const ValueView& view, bool has_parts) {
  std::string remark(view.documentation);
  if (has_parts || remark.empty()) return remark;
  if (remark.ends_with('.')) remark.pop_back();
  return remark + "; " + config::allowed_text(view.type, view.rules);
}

// Gives what must be said a value that says so.
void fill_required(TaskConfig& config) {
  config::visit_values(config::type_of<TaskConfig>(), &config, [](const ValueView& view) {
    if (!std::holds_alternative<config::StringType>(view.type.kind) || !view.rules.required) return;
    // Walked through as what can't be changed, though it is ours.
    auto& text = *static_cast<std::string*>(const_cast<void*>(view.value));  // NOLINT
    if (text.empty()) text = "CHANGE-ME";
  });
}

}  // namespace

std::string effective_text(const LoadedTasks& loaded, const ProgramParts& program, const std::string& task) {
  std::string text = "tasks:\n";
  for (const auto& [name, config] : loaded.file.tasks) {
    if (!task.empty() && name != task) continue;
    const std::string path = config::member_path("tasks", name);
    const TaskType* type = find_task(program, name);
    const OriginRemark remark(loaded.origins, path,
                              type != nullptr ? configured_in_code(*type, program.registry) : TaskConfig{});
    TaskConfig counts = config;
    apply_off(loaded, name, counts);
    const auto off = loaded.off.find(name);
    text += "  " + config::yaml_string(name) + ":";
    text += off == loaded.off.end() ? "\n" : "  # its telemetry is off: " + off->second + "\n";
    const auto is_from_file = [&](const ValueView& view) {
      const auto place = loaded.origins.place_of(view.path);
      return place && place->is_from_file;
    };
    text += config::yaml_text(config::type_of<TaskConfig>(), &counts, path,
                              {.remark = remark, .hides = is_from_file}, 4);
  }
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string example_text(const TaskType& task, const Registry& registry) {
  TaskConfig config = configured_in_code(task, registry);
  if (!config.logging) config.logging.emplace();
  if (!config.metrics) config.metrics.emplace();
  if (!config.tracing) config.tracing.emplace();
  for (const ServiceType& service : registry.services)
    config.services.emplace(service.name, service.defaults);
  if (config.connectors.empty() && !registry.connectors.empty()) {
    AnyOptions options = registry.connectors.front().defaults;
    options.set_type(registry.connectors.front().name);
    config.connectors.emplace("input", std::move(options));
  }
  fill_required(config);
  const config::YamlStyle style{.remark = description_remark, .shows_absent = true};
  return "tasks:\n  " + config::yaml_string(task.name) + ":\n" +
         config::yaml_text(config::type_of<TaskConfig>(), &config, {}, style, 4);
}

int run_config_command(const ConfigCommand& command, const ProgramParts& program) {
  switch (command.kind) {
    case ConfigCommand::Kind::check:
    case ConfigCommand::Kind::show:
      return check_or_show(command, program);
    case ConfigCommand::Kind::schema:
      std::fputs(config::json_schema(config::type_of<TaskFile>(), read_context(program.registry)).c_str(),
                 stdout);
      return kExitOk;
    case ConfigCommand::Kind::example:
      std::fputs(example_text(*find_task(program, command.task), program.registry).c_str(), stdout);
      return kExitOk;
  }
  return kExitError;
}

}  // namespace ergon::inline v0::detail
