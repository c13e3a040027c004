#include "app/load_tasks.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "app/task_resources.hpp"
#include "config/declarative_file.hpp"
#include "config/extension_registry.hpp"
#include "config/nearest_name.hpp"
#include "config/override_layer.hpp"
#include "config/plain_secrets.hpp"
#include "config/read.hpp"
#include "config/signals_environment.hpp"
#include "config/values.hpp"
#include "task/telemetry_presets.hpp"

namespace ergon::inline v0::detail {
namespace {

using config::Layer;
using config::Node;
using config::NodePointer;

template <class Base>
config::OptionsRegistry options_of(const std::vector<PartType<Base>>& types) {
  config::OptionsRegistry registry;
  for (const auto& type : types) registry.emplace(type.name, type.defaults);
  return registry;
}

class Loading {
 public:
  explicit Loading(const ProgramParts& program)
      : tasks_(program.tasks), registry_(program.registry), context_(read_context(program.registry)) {}

  LoadedTasks load(const std::optional<std::string>& run, const ConfigSources& sources) && {
    if (!load_texts(sources)) return std::move(result_);
    documents_ = result_.origins.layers();
    check_texts();
    std::set<std::string> names = names_in_texts();
    if (run) names.insert(*run);
    if (names.empty()) std::ranges::transform(tasks_, std::inserter(names, names.end()), &TaskType::name);
    for (const std::string& name : names) {
      const bool has_settings = run ? name == *run : is_registered(name);
      load_task(name, has_settings ? sources.settings : std::vector<std::string>());
    }
    config::ConfigErrors mismatches;
    if (!has_declarative_errors_) mismatches = config::validate(result_.file);
    std::ranges::move(unknown_tasks(), std::back_inserter(mismatches));
    result_.origins.add_located(result_.errors, std::move(mismatches));
    for (const auto& [name, config] : result_.file.tasks) {
      auto secrets = config::plain_secrets(config::type_of<TaskConfig>(), &config,
                                           config::member_path("tasks", name), result_.origins);
      for (std::string& warning : secrets) {
        const auto& known = result_.warnings;  // of another task that has the same from its defaults
        if (std::ranges::find(known, warning) == known.end()) result_.warnings.push_back(std::move(warning));
      }
    }
    return std::move(result_);
  }

 private:
  // A task as far as it has been read.
  struct OneTask {
    std::string path;
    TaskConfig config;
    config::Origins texts;
  };

  // The texts of the task file, and of OpenTelemetry's if there is one: then nothing else of the environment
  // counts. False where one can't be read.
  bool load_texts(const ConfigSources& sources) {
    if (sources.file) {
      config::load_layers(*sources.file, result_.origins, result_.errors);
      if (result_.origins.layers().empty()) return false;
    }
    if (config::is_declarative(result_.origins)) {
      if (sources.otel_config)
        result_.errors.push_back({.file = *sources.file,
                                  .complaint = {"a declarative file, and --otel-config", "one of the two"}});
      declarative_ = std::exchange(result_.origins, {});
    } else if (const auto file =
                   sources.otel_config ? sources.otel_config : config::environment_config_file()) {
      config::load_layers(*file, declarative_, result_.errors);
      if (declarative_.layers().empty()) return false;
    }
    result_.environment_is_ignored = !declarative_.layers().empty();
    return true;
  }

  // Each text as it stands, so that what is wrong in `defaults` is said of those, and once.
  void check_texts() {
    config::Origins before;
    for (const Layer& document : documents_) {
      TaskFile file;
      add(config::read_layer(document, config::type_of<TaskFile>(), &file, context_, before));
      before.add(document);
    }
  }

  std::set<std::string> names_in_texts() const {
    std::set<std::string> names;
    for (const Layer& document : documents_) {
      const NodePointer all = config::value_of(*document.root, "tasks");
      if (!all) continue;
      for (const auto& [name, task] : all->entries) names.insert(name->text);
    }
    return names;
  }

  void load_task(const std::string& name, const std::vector<std::string>& settings) {
    const auto type = std::ranges::find(tasks_, name, &TaskType::name);
    OneTask task{config::member_path("tasks", name),
                 type != tasks_.end() ? configured_in_code(*type, registry_) : TaskConfig{},
                 {}};
    settle_code_lists(task.config);
    if (!result_.environment_is_ignored) apply_shared_environment(task.config, task.path, result_.origins);
    else apply_declarative(task);
    for (const Layer& document : documents_)
      read_part(task, document.source, config::value_of(*document.root, "defaults"));
    for (const Layer& document : documents_) {
      const NodePointer all = config::value_of(*document.root, "tasks");
      if (all) read_part(task, document.source, config::value_of(*all, name));
    }
    for (const std::string& setting : settings) {
      const Layer layer = config::override_layer(setting, task.path, result_.errors);
      if (!layer.root) continue;
      task.texts.add(layer);  // one value over all else: what is beside it stays
      add(read_part(task, layer.source, layer.root));
    }
    settle(name, task);
    result_.file.tasks.insert_or_assign(name, std::move(task.config));
  }

  // What the environment says where no text does, and whether telemetry is off.
  void settle(const std::string& name, OneTask& task) {
    settle_text_lists(task.config, task.path, result_.origins);
    if (result_.environment_is_ignored) {
      const bool has_none = !task.config.logging && !task.config.metrics && !task.config.tracing;
      if (is_off_ || has_none) result_.off.emplace(name, declarative_.layers().back().source);
    } else {
      config::apply_environment({task.config.logging, task.config.metrics, task.config.tracing},
                                result_.origins, task.path);
      if (config::is_disabled_by_environment()) result_.off.emplace(name, "OTEL_SDK_DISABLED");
    }
    if (task.config.telemetry == TelemetryPreset::off) result_.off.emplace(name, "telemetry: off");
  }

  bool is_registered(const std::string& name) const {
    return std::ranges::find(tasks_, name, &TaskType::name) != tasks_.end();
  }

  // OpenTelemetry's file in the place of what code says of telemetry. What is wrong with it is said once.
  void apply_declarative(OneTask& task) {
    config::DeclarativeFile file = config::read_declarative(declarative_, context_, task.path);
    is_off_ = file.is_disabled;
    result_.tells_of_troubles = file.tells_of_troubles;
    task.config.telemetry.reset();
    task.config.resource = std::move(file.telemetry.resource);
    task.config.propagator = std::move(file.telemetry.propagator);
    task.config.logging = std::move(file.telemetry.logging);
    task.config.metrics = std::move(file.telemetry.metrics);
    task.config.tracing = std::move(file.telemetry.tracing);
    for (const Layer& layer : file.origins.layers()) {
      task.texts.add(layer);
      result_.origins.add(layer);
    }
    if (!std::exchange(is_declarative_told_, true)) {
      has_declarative_errors_ = !file.errors.empty();
      add(std::move(file.errors));
      std::ranges::move(file.warnings, std::back_inserter(result_.warnings));
    }
  }

  // What a text says of a task, over what its preset stands for. What is wrong with files has been said.
  config::ConfigErrors read_part(OneTask& task, const std::string& source, const NodePointer& part) {
    if (!part) return {};
    if (const auto preset = preset_in(*part)) read(task, preset_layer(*preset, task.path));
    return read(task, {source, part, task.path});
  }

  config::ConfigErrors read(OneTask& task, Layer layer) {
    auto errors =
        config::read_layer(layer, config::type_of<TaskConfig>(), &task.config, context_, task.texts);
    task.texts.add(layer);
    result_.origins.add(std::move(layer));
    return errors;
  }

  // Of a text that names none, or one that there is not, nothing; that has been said.
  static std::optional<TelemetryPreset> preset_in(const Node& task) {
    const NodePointer value = config::value_of(task, "telemetry");
    if (value == nullptr || value->kind != Node::Kind::scalar) return std::nullopt;
    const auto& type = std::get<config::EnumType>(config::type_of<TelemetryPreset>().kind);
    const auto name = std::ranges::find(type.names, value->text, &config::EnumName::name);
    if (name == type.names.end()) return std::nullopt;
    return static_cast<TelemetryPreset>(name->value);
  }

  // To the reader any key is a task's name; that it is one of the program's is known here.
  config::ConfigErrors unknown_tasks() const {
    std::vector<std::string_view> names;
    std::string allowed;
    for (const TaskType& task : tasks_) {
      names.emplace_back(task.name);
      allowed += (allowed.empty() ? "" : ", ") + task.name;
    }
    config::ConfigErrors errors;
    for (const auto& [name, config] : result_.file.tasks) {
      if (std::ranges::find(names, name) != names.end()) continue;
      errors.push_back({.path = config::member_path("tasks", name),
                        .complaint = {.found = "an unknown task",
                                      .allowed = allowed,
                                      .meant = std::string(config::nearest_name(name, names))}});
    }
    return errors;
  }

  void add(config::ConfigErrors errors) { std::ranges::move(errors, std::back_inserter(result_.errors)); }

  const std::vector<TaskType>& tasks_;
  const Registry registry_;
  config::ReadContext context_;
  std::vector<Layer> documents_;
  config::Origins declarative_;
  bool is_declarative_told_{false};
  bool has_declarative_errors_{false};
  bool is_off_{false};  // by the declarative file
  LoadedTasks result_;
};

}  // namespace

config::ReadContext read_context(const Registry& registry) {
  config::ReadContext context{config::extension_registries()};
  context.registries["connectors"] = options_of(registry.connectors);
  context.registries["services"] = options_of(registry.services);
  return context;
}

// The reader merges options of the same type only; those made in code don't know yet what theirs is called.
TaskConfig configured_in_code(const TaskType& task, const Registry& registry) {
  TaskConfig config = task.config;
  expand_preset(config);
  for (auto& [name, options] : config.connectors) {
    const ConnectorType* type = find_connector(registry.connectors, options);
    if (type != nullptr) options.set_type(type->name);
  }
  for (auto& [name, options] : config.services) options.set_type(name);
  return config;
}

void apply_off(const LoadedTasks& loaded, const std::string& task, TaskConfig& config) {
  if (!loaded.off.contains(task)) return;
  config::turn_off({config.logging, config.metrics, config.tracing});
  config.resource.detection = {};
}

LoadedTasks load_tasks(const std::optional<std::string>& run, const ProgramParts& program,
                       const ConfigSources& sources) {
  return Loading(program).load(run, sources);
}

}  // namespace ergon::inline v0::detail
