#pragma once

#include <string>

#include "app/load_tasks.hpp"

namespace ergon::inline v0::detail {

/// What `config …` asks for.
struct ConfigCommand {
  enum class Kind : std::uint8_t { check, show, schema, example };

  Kind kind{Kind::check};
  ConfigSources sources{};
  /// Of `show` the only one, where it is not empty.
  std::string task{};
};

/// Does it, and returns the exit code. What is wrong goes to stderr, all else to stdout; nothing is started
/// and nothing made.
int run_config_command(const ConfigCommand& command, const ProgramParts& program);

/// The configuration of one task, or all, as it counts, in YAML; behind each value is where it comes from.
[[nodiscard]] std::string effective_text(const LoadedTasks& loaded, const ProgramParts& program,
                                         const std::string& task = {});

/// A file for this task in which all is as it is without one, and each key says what it is for.
[[nodiscard]] std::string example_text(const TaskType& task, const Registry& registry);

}  // namespace ergon::inline v0::detail
