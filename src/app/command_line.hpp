#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "app/config_command.hpp"
#include "app/config_sources.hpp"

namespace ergon::detail {

enum class SummaryFormat : std::uint8_t { text, json };

struct RunCommand {
  std::string task{};
  ConfigSources sources{};
  SummaryFormat summary{SummaryFormat::text};
};

struct ListCommand {};

/// Nothing left to do: help, the version or what is wrong was printed.
struct ExitCommand {
  int exit_code;
};

using Command = std::variant<RunCommand, ListCommand, ConfigCommand, ExitCommand>;

struct ProgramInfo {
  std::string name;
  std::string version;
};

/// What the command line asks for.
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv, const ProgramInfo& program,
                                         const std::vector<std::string>& tasks);

}  // namespace ergon::detail
