#include "task/worker_plan.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "task/task_description.hpp"
#include "telemetry/session/file_check.hpp"

namespace ergon::inline v0::detail {
namespace {

template <class Base>
const PartType<Base>* find_named(const std::vector<PartType<Base>>& types, std::string_view name) {
  const auto found = std::ranges::find(types, name, &PartType<Base>::name);
  return found != types.end() ? &*found : nullptr;
}

template <class Base>
std::string names_of(const std::vector<PartType<Base>>& types) {
  std::string names;
  for (const auto& type : types) names += (names.empty() ? "" : ", ") + type.name;
  return names.empty() ? "none, since the program registers none" : names;
}

std::string listed(const std::map<std::string, AnyOptions>& parts, std::string_view separator) {
  std::string names;
  for (const auto& [name, options] : parts) names.append(names.empty() ? "" : separator).append(name);
  return names;
}

// No options at all mean the defaults.
template <class Base>
bool are_options_of(const PartType<Base>& type, const AnyOptions& options) {
  return options.data() == nullptr || options.description() == type.defaults.description();
}

class Planner {
 public:
  Planner(const TaskType& task, TaskConfig config, const Registry& registry, config::ConfigErrors& errors)
      : plan_{.task = task.name, .roles = task.roles, .config = std::move(config)},
        registry_(registry),
        errors_(errors) {}

  WorkerPlan make() && {
    plan_connectors();
    plan_services();
    check_supervision();
    for (config::ConfigError& error :
         telemetry::check_files(config::type_of<TaskConfig>(), &plan_.config,
                                config::member_path("tasks", plan_.task), plan_.task))
      errors_.push_back(std::move(error));
    return std::move(plan_);
  }

 private:
  void plan_connectors() {
    const Policies& policies = plan_.config.policies;
    std::string main;
    if (plan_.roles.consumer) main = one_of_connectors(policies.consumer.fetch.connector, "consumer.fetch");
    if (plan_.roles.producer) plan_.sink = one_of_connectors(policies.producer.connector, "producer");
    if (main.empty()) main = plan_.sink;
    for (const auto& [name, options] : plan_.config.connectors) {
      const ConnectorType* type = type_of_connector(name, options);
      if (type == nullptr) continue;
      PartPlan<Connector> plan{name, type, options};
      name == main ? static_cast<void>(plan_.connector = std::move(plan))
                   : plan_.other_connectors.push_back(std::move(plan));
    }
  }

  // The connector that a role uses, the only one if none is named; empty, with a complaint, where none is
  // meant.
  std::string one_of_connectors(const std::string& wanted, const std::string& policy) {
    const auto& connectors = plan_.config.connectors;
    if (connectors.empty()) {
      complain(path_of("connectors"), "no connector",
               "one, NAME: {TYPE: {options}}, with TYPE one of " + names_of(registry_.connectors));
    } else if (!wanted.empty()) {
      if (connectors.contains(wanted)) return wanted;
      complain(path_of("policies") + "." + policy + ".connector", config::quoted(wanted),
               listed(connectors, ", "));
    } else if (connectors.size() > 1) {
      complain(path_of("connectors"), "more than one connector: " + listed(connectors, " "),
               "one, or policies." + policy + ".connector with the name of one of them");
    } else {
      return connectors.begin()->first;
    }
    return {};
  }

  // A transaction that takes as long as it may is no loop that hangs.
  void check_supervision() {
    const auto grace = plan_.config.supervision.unhealthy_grace;
    const auto timeout = plan_.config.policies.transaction.timeout;
    if (grace > timeout) return;
    complain(path_of("supervision") + ".unhealthy_grace", std::to_string(grace.count()) + "ms",
             "more than policies.transaction.timeout, which is " + std::to_string(timeout.count()) + "ms");
  }

  // Null, with a complaint, where the options are of no type that is registered.
  const ConnectorType* type_of_connector(const std::string& name, const AnyOptions& options) {
    const std::string path = path_of("connectors", name);
    const ConnectorType* type = find_connector(registry_.connectors, options);
    if (type == nullptr) {
      const bool has_name = !options.type().empty();
      complain(has_name ? config::member_path(path, options.type()) : path, "a type that is not registered",
               names_of(registry_.connectors));
    } else if (!are_options_of(*type, options)) {
      complain(path, "options of another type", "those of " + type->name);
      return nullptr;
    }
    return type;
  }

  // Every registered service is made, configured or not.
  void plan_services() {
    for (const auto& [name, options] : plan_.config.services) {
      const ServiceType* type = find_named(registry_.services, name);
      if (type == nullptr) {
        complain(path_of("services", name), "a name that is not registered", names_of(registry_.services));
      } else if (!are_options_of(*type, options)) {
        complain(path_of("services", name), "options of another type", "those of " + type->name);
      }
    }
    for (const ServiceType& type : registry_.services) {
      const auto options = plan_.config.services.find(type.name);
      plan_.services.push_back(
          {type.name, &type, options != plan_.config.services.end() ? options->second : type.defaults});
    }
  }

  std::string path_of(std::string_view section) const {
    return config::member_path(config::member_path("tasks", plan_.task), section);
  }
  std::string path_of(std::string_view section, std::string_view name) const {
    return config::member_path(path_of(section), name);
  }

  void complain(std::string path, std::string found, std::string allowed) {
    errors_.push_back(
        {.path = std::move(path), .complaint = {.found = std::move(found), .allowed = std::move(allowed)}});
  }

  WorkerPlan plan_;
  const Registry& registry_;
  config::ConfigErrors& errors_;
};

}  // namespace

std::size_t loop_count(const WorkerPlan& plan) noexcept {
  const Policies& policies = plan.config.policies;
  std::int64_t loops = plan.roles.plain ? 1 : 0;
  if (plan.roles.consumer) loops += policies.consumer.loop.concurrency;
  if (plan.roles.producer) loops += policies.producer.loop.concurrency;
  return static_cast<std::size_t>(loops);
}

const ConnectorType* find_connector(const std::vector<ConnectorType>& types, const AnyOptions& options) {
  if (!options.type().empty()) return find_named(types, options.type());
  const auto found = std::ranges::find_if(types, [&](const ConnectorType& type) {
    return options.description() != nullptr && type.defaults.description() == options.description();
  });
  return found != types.end() ? &*found : nullptr;
}

WorkerPlan make_plan(const TaskType& task, TaskConfig config, const Registry& registry,
                     config::ConfigErrors& errors) {
  return Planner(task, std::move(config), registry, errors).make();
}

}  // namespace ergon::inline v0::detail
