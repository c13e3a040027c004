#include <ergon/task/app.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include <ergon/connectors/jsonl.hpp>
#include <ergon/connectors/memory.hpp>

#include "app/command_line.hpp"
#include "app/config_command.hpp"
#include "app/load_plan.hpp"
#include "app/print_failure.hpp"
#include "app/print_summary.hpp"
#include "app/report_config.hpp"
#include "base/random.hpp"
#include "task/exit_code.hpp"
#include "task/run_worker.hpp"
#include "task/stop_signals.hpp"
#include "task/supervisor/supervisor.hpp"

namespace ergon::inline v0 {

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

int tell_end(const std::string& program, const WorkerReport& report, SummaryFormat format) {
  if (!report.failure.empty()) print_failure(program, report.failure);
  if (report.has_started) print_summary(report, format);
  return report.exit_code;
}

// The signals are kept until the end, so that one that comes meanwhile changes no exit code.
int run_here(const std::string& program, WorkerPlan plan, SummaryFormat format) {
  plan.config.supervision.max_transactions.reset();  // there is nobody to start another process
  const StopSignals signals;
  const Board board(1, std::max<std::size_t>(loop_count(plan), 1));
  const WorkerReport report = run_worker(plan, {.board = board, .run_id = base::make_uuid_v4()}, signals);
  return tell_end(program, report, format);
}

int run_supervised(const std::string& program, const WorkerPlan& plan, SummaryFormat format) {
  Supervisor supervisor(plan);
  return tell_end(program, supervisor.run(), format);
}

// A command that runs a task, once its configuration is known to be right.
class TaskRunner {
 public:
  TaskRunner(const std::string& program, const ProgramParts& parts) : program_(program), parts_(parts) {}

  int run(const RunCommand& command) {
    return with_plan(command, [&](WorkerPlan& plan) {
      plan.is_replay = command.is_replay;
      if (command.is_replay && !plan.roles.consumer) return refuse("replay is for tasks that consume");
      return command.is_debug ? run_here(program_, plan, command.summary)
                              : run_supervised(program_, plan, command.summary);
    });
  }

  int run(const ProcessCommand& command) {
    return with_plan(command, [&](WorkerPlan& plan) {
      if (!plan.roles.consumer) return refuse("only tasks that consume process transactions");
      plan.only = command.transaction;
      return run_here(program_, plan, command.summary);
    });
  }

 private:
  template <class Command, class Run>
  int with_plan(const Command& command, const Run& run) {
    const auto task = std::ranges::find(parts_.tasks, command.task, &TaskType::name);
    config::ConfigErrors errors;
    WorkerPlan plan = load_plan(*task, parts_, command.sources, errors);
    if (errors.empty()) return run(plan);
    report_errors(errors);
    return kExitConfiguration;
  }

  int refuse(const char* why) {
    print_failure(program_, why);
    return kExitConfiguration;
  }

  const std::string& program_;
  const ProgramParts& parts_;
};

}  // namespace
}  // namespace detail

App::App(std::string_view name, std::string_view version) : name_(name), version_(version) {
  connector<JsonlConnector>("jsonl");
  connector<MemoryConnector>("memory");
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

  detail::TaskRunner runner(name_, parts);
  if (const auto* process = std::get_if<detail::ProcessCommand>(&command)) return runner.run(*process);
  return runner.run(std::get<detail::RunCommand>(command));
} catch (const std::exception& error) {
  detail::print_failure(name_, error.what());
  return detail::kExitError;
} catch (...) {
  detail::print_failure(name_, "an exception of an unknown type");
  return detail::kExitError;
}

}  // namespace ergon::inline v0
