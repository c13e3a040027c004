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
  run->add_option("--config", run_command.config_file,
                  "Configuration, in YAML; without it, what the program has");
  const std::map<std::string, SummaryFormat> formats{{"text", SummaryFormat::text},
                                                     {"json", SummaryFormat::json}};
  run->add_option("--summary", run_command.summary,
                  "Form of the summary, the last thing on stdout: text or json")
      ->transform(CLI::CheckedTransformer(formats))
      ->option_text("text|json");
  const auto* list = app.add_subcommand("list", "Show the tasks of this program");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ExitCommand{app.exit(error) == 0 ? kExitOk : kExitConfiguration};
  }
  if (list->parsed()) return ListCommand{};
  return run_command;
}

}  // namespace ergon::detail
