#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "app/config_command.hpp"
#include "app/config_sources.hpp"
#include "task/worker_plan.hpp"

namespace ergon::inline v0::detail {

enum class SummaryFormat : std::uint8_t { text, json };

struct RunCommand {
  std::string task{};
  ConfigSources sources{};
  SummaryFormat summary{SummaryFormat::text};
  /// All in this process, without supervision.
  bool is_debug{false};
  /// `replay`: what lies in the dead-letter place.
  bool is_replay{false};
};

/// `process-transaction`, `process-transaction-by-id`.
struct ProcessCommand {
  std::string task{};
  ConfigSources sources{};
  SummaryFormat summary{SummaryFormat::text};
  OneTransaction transaction{};
};

struct ListCommand {};

/// Nothing left to do: help, the version or what is wrong was printed.
struct ExitCommand {
  int exit_code;
};

using Command = std::variant<RunCommand, ProcessCommand, ListCommand, ConfigCommand, ExitCommand>;

struct ProgramInfo {
  std::string name;
  std::string version;
};

/// What the command line asks for.
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv, const ProgramInfo& program,
                                         const std::vector<std::string>& tasks);

}  // namespace ergon::inline v0::detail
