#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <map>

#include "base/version.hpp"
#include "task/exit_code.hpp"

namespace ergon::detail {
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

}  // namespace

Command parse_command_line(int argc, const char* const* argv, const ProgramInfo& program,
                           const std::vector<std::string>& tasks) {
  RunCommand run_command;
  CLI::App app("Runs tasks on Ergon, with telemetry as its configuration says.", program.name);
  app.set_version_flag("--version", version_line(program));
  app.require_subcommand(1);

  auto* run = app.add_subcommand("run", "Run a task until its input ends, or SIGINT or SIGTERM comes");
  run->add_option("TASK", run_command.task, "Which task; `list` shows them")
      ->required()
      ->check(CLI::IsMember(tasks));
  run->add_option("--config", run_command.sources.file,
                  "Configuration, in YAML; without it, what the program has");
  add_settings(*run, run_command.sources);
  const std::map<std::string, SummaryFormat> formats{{"text", SummaryFormat::text},
                                                     {"json", SummaryFormat::json}};
  run->add_option("--summary", run_command.summary,
                  "Form of the summary, the last thing on stdout: text or json")
      ->transform(CLI::CheckedTransformer(formats))
      ->option_text("text|json");
  const auto* list = app.add_subcommand("list", "Show the tasks of this program");
  ConfigCommand config_command;
  add_config_commands(app, config_command, tasks);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCommand{app.exit(error) == 0 ? kExitOk : kExitConfiguration};
  }
  if (list->parsed()) return ListCommand{};
  if (!run->parsed()) return config_command;
  return run_command;
}

}  // namespace ergon::detail
