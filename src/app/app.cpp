#include <ergon/task/app.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include <ergon/connectors/jsonl.hpp>

#include "app/command_line.hpp"
#include "app/config_command.hpp"
#include "app/load_plan.hpp"
#include "app/print_failure.hpp"
#include "app/print_summary.hpp"
#include "app/report_config.hpp"
#include "task/exit_code.hpp"
#include "task/run_worker.hpp"
#include "task/stop_signals.hpp"

namespace ergon {

namespace detail {
namespace {

int list_tasks(const std::vector<std::string>& names) {
  for (const std::string& name : names) std::puts(name.c_str());
  return kExitOk;
}

// Whether a name was registered twice; says which.
template <class Type>
bool has_duplicates(const std::string& program, const std::string& kinds, const std::vector<Type>& types) {
  std::set<std::string_view> names;
  bool found = false;
  for (const Type& type : types) {
    if (names.insert(type.name).second) continue;
    print_failure(program, "two " + kinds + " are named '" + type.name + "'");
    found = true;
  }
  return found;
}

// The signals are kept until the end, so that one that comes meanwhile changes no exit code.
int run_task(const std::string& program, const WorkerPlan& plan, SummaryFormat format) {
  const StopSignals signals;
  const WorkerReport report = run_worker(plan, signals);
  if (!report.failure.empty()) print_failure(program, report.failure);
  if (report.has_started) print_summary(report, format);
  return report.exit_code;
}

}  // namespace
}  // namespace detail

App::App(std::string_view name, std::string_view version) : name_(name), version_(version) {
  connector<JsonlConnector>("jsonl");
}

int App::main(int argc, const char* const* argv) try {
  if (detail::has_duplicates(name_, "tasks", tasks_) ||
      detail::has_duplicates(name_, "services", services_) ||
      detail::has_duplicates(name_, "connector types", connectors_)) {
    return detail::kExitConfiguration;
  }
  std::vector<std::string> names;
  for (const auto& task : tasks_) names.push_back(task.name);
  const auto command = detail::parse_command_line(argc, argv, {name_, version_}, names);
  if (const auto* exit = std::get_if<detail::ExitCommand>(&command)) return exit->exit_code;
  if (std::holds_alternative<detail::ListCommand>(command)) return detail::list_tasks(names);

  const detail::ProgramParts parts{tasks_, {services_, connectors_}};
  if (const auto* config = std::get_if<detail::ConfigCommand>(&command))
    return detail::run_config_command(*config, parts);

  const auto& run = std::get<detail::RunCommand>(command);
  const auto task = std::ranges::find(tasks_, run.task, &detail::TaskType::name);
  config::ConfigErrors errors;
  const auto plan = detail::load_plan(*task, parts, run.sources, errors);
  if (!errors.empty()) {
    detail::report_errors(errors);
    return detail::kExitConfiguration;
  }
  return detail::run_task(name_, plan, run.summary);
} catch (const std::exception& error) {
  detail::print_failure(name_, error.what());
  return detail::kExitError;
} catch (...) {
  detail::print_failure(name_, "an exception of an unknown type");
  return detail::kExitError;
}

}  // namespace ergon
