#include "config/excerpt.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "config/yaml_document.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::size_t kWidth = 100;  // characters of a line that are shown

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }

// So many characters from the one at `first` on.
std::string_view part_of(std::string_view line, std::size_t first, std::size_t count) {
  std::size_t number = 0;
  std::size_t begin = line.size();
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!begins_character(line[i])) continue;
    if (number == first) begin = i;
    if (number++ == first + count) return line.substr(begin, i - begin);
  }
  return line.substr(std::min(begin, line.size()));
}

// A header's value and a password are in no message, so not in this one. The caret stays where it is.
void hide_values(std::string& line) {
  for (const std::string_view key : {"value:", "password:", "token:", "secret:", "key:"}) {
    for (std::size_t at = line.find(key); at != std::string::npos; at = line.find(key, at + 1)) {
      const std::size_t begin = line.find_first_not_of(' ', at + key.size());
      const std::size_t end = std::min(line.find_first_of(",}", std::min(begin, line.size())), line.size());
      for (std::size_t i = begin; i < end; ++i) line[i] = '*';
    }
  }
}

}  // namespace

std::string excerpt(const ConfigError& error) {
  if (error.line <= 0 || error.column <= 0) return {};
  ConfigErrors unreadable;
  const std::string text = load_text(error.file, unreadable);
  if (!unreadable.empty()) return {};
  std::string_view rest = text;
  for (int line = 1; line < error.line; ++line) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  // Of a long line, the part around the place.
  const auto column = static_cast<std::size_t>(error.column - 1);
  const std::size_t first = column < kWidth ? 0 : column - kWidth / 2;
  std::string shown(part_of(line, first, kWidth));
  std::ranges::replace(shown, '\t', ' ');
  hide_values(shown);
  const std::string number = fmt::format("{:>5} | ", error.line);
  return fmt::format("{}{}\n{:>{}}\n", number, printable_line(shown), '^',
                     number.size() + column - first + 1);
}

}  // namespace ergon::inline v0::config
