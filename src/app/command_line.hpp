#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ergon::detail {

enum class SummaryFormat : std::uint8_t { text, json };

struct RunCommand {
  std::string task{};
  std::optional<std::string> config_file{};
  SummaryFormat summary{SummaryFormat::text};
};

struct ListCommand {};

/// Nothing left to do: help, the version or what is wrong was printed.
struct ExitCommand {
  int exit_code;
};

using Command = std::variant<RunCommand, ListCommand, ExitCommand>;

struct ProgramInfo {
  std::string name;
  std::string version;
};

/// What the command line asks for.
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv, const ProgramInfo& program,
                                         const std::vector<std::string>& tasks);

}  // namespace ergon::detail
