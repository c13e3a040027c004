#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <map>

#include "base/version.hpp"
#include "task/exit_code.hpp"

namespace ergon::inline v0::detail {
namespace {

std::string version_line(const ProgramInfo& program) {
  const std::string own = program.version.empty() ? program.name : program.name + " " + program.version;
  return own + " (ergon " + base::kVersion + ")";
}

// What is said beside a file.
void add_settings(CLI::App& command, ConfigSources& sources) {
  command.add_option(
      "--otel-config", sources.otel_config,
      "Telemetry as this file in OpenTelemetry's declarative format says; OTEL_CONFIG_FILE, too");
  command
      .add_option("--set", sources.settings,
                  "One value over all else, as often as needed: --set tracing.keep.ratio=0.1")
      ->option_text("KEY=VALUE")
      ->allow_extra_args(false);
}

// `config check|show|schema|example`
void add_config_commands(CLI::App& app, ConfigCommand& command, const std::vector<std::string>& tasks) {
  auto* config = app.add_subcommand("config", "Check and explain configurations, without running anything");
  config->require_subcommand(1);
  const auto add = [&](const char* name, ConfigCommand::Kind kind, const char* what) {
    auto* one = config->add_subcommand(name, what);
    one->callback([&command, kind] { command.kind = kind; });
    return one;
  };
  const auto add_for_file = [&](const char* name, ConfigCommand::Kind kind, const char* what) {
    auto* one = add(name, kind, what);
    one->add_option("FILE", command.sources.file, "Configuration, in YAML")->required();
    add_settings(*one, command.sources);
    return one;
  };
  add_for_file("check", ConfigCommand::Kind::check, "Say all that is wrong with a file");
  add_for_file("show", ConfigCommand::Kind::show, "Show what counts, and where each value comes from")
      ->add_option("TASK", command.task, "Of this task only");
  add("schema", ConfigCommand::Kind::schema, "Print the JSON Schema of this program's files, for editors");
  add("example", ConfigCommand::Kind::example, "Print a file for a task in which each key is explained")
      ->add_option("TASK", command.task, "Which task")
      ->required()
      ->check(CLI::IsMember(tasks));
}

// What every command that runs a task takes.
template <class RunOrProcess>
CLI::App* add_task_command(CLI::App& app, const char* name, const char* what, RunOrProcess& command,
                           const std::vector<std::string>& tasks) {
  static const std::map<std::string, SummaryFormat> formats{{"text", SummaryFormat::text},
                                                            {"json", SummaryFormat::json}};
  auto* added = app.add_subcommand(name, what);
  added->add_option("TASK", command.task, "Which task; `list` shows them")
      ->required()
      ->check(CLI::IsMember(tasks));
  added->add_option("--config", command.sources.file,
                    "Configuration, in YAML; without it, what the program has");
  add_settings(*added, command.sources);
  added
      ->add_option("--summary", command.summary,
                   "Form of the summary, the last thing on stdout: text or json")
      ->transform(CLI::CheckedTransformer(formats))
      ->option_text("text|json");
  return added;
}

void add_debug(CLI::App& command, RunCommand& run) {
  command.add_flag("--debug", run.is_debug, "All in this process, without worker processes, for a debugger");
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv, const ProgramInfo& program,
                           const std::vector<std::string>& tasks) {
  CLI::App app("Runs tasks on Ergon, with telemetry as its configuration says.", program.name);
  app.set_version_flag("--version", version_line(program));
  app.require_subcommand(1);

  RunCommand run;
  const auto* run_command =
      add_task_command(app, "run", "Run a task until its input ends, or SIGINT or SIGTERM comes", run, tasks);
  add_debug(*app.get_subcommand("run"), run);
  RunCommand replay{.is_replay = true};
  const auto* replay_command = add_task_command(
      app, "replay", "Run a task over what lies in its dead-letter place, linked to the first traces", replay,
      tasks);
  add_debug(*app.get_subcommand("replay"), replay);
  ProcessCommand process;
  auto* process_command = add_task_command(
      app, "process-transaction", "Process one transaction, given here, and say how it went", process, tasks);
  process_command->add_option("--payload-json", process.transaction.payload, "Its payload, in JSON")
      ->required();
  process_command->add_option("--id", process.transaction.id, "Its id")->default_val("1");
  ProcessCommand by_id;
  auto* by_id_command =
      add_task_command(app, "process-transaction-by-id",
                       "Process and settle one transaction that the task's connector has", by_id, tasks);
  by_id_command->add_option("ID", by_id.transaction.id, "Its id")->required();
  const auto* list = app.add_subcommand("list", "Show the tasks of this program");
  ConfigCommand config_command;
  add_config_commands(app, config_command, tasks);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCommand{app.exit(error) == 0 ? kExitOk : kExitConfiguration};
  }
  if (list->parsed()) return ListCommand{};
  if (run_command->parsed()) return run;
  if (replay_command->parsed()) return replay;
  if (process_command->parsed()) return process;
  if (by_id_command->parsed()) return by_id;
  return config_command;
}

}  // namespace ergon::inline v0::detail
