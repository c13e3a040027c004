#include "config/config_error.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::size_t kPrintableLimit = 80;

unsigned char byte_of(char character) noexcept { return static_cast<unsigned char>(character); }

bool is_control(char character) noexcept { return byte_of(character) < 0x20 || character == 0x7f; }

// The second half of the control characters, U+0080 to U+009F: terminals obey them too.
bool is_high_control(std::string_view rest) noexcept {
  return rest.size() > 1 && byte_of(rest[0]) == 0xC2 && byte_of(rest[1]) < 0xA0;
}

bool is_plain_key_character(char character) noexcept {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_' || character == '-';
}

bool is_continuation_byte(char character) noexcept { return (byte_of(character) & 0xC0U) == 0x80; }

std::string escaped(std::string_view text, std::string_view also_escaped,
                    std::size_t limit = kPrintableLimit) {
  std::size_t length = std::min(text.size(), limit);
  while (length < text.size() && length > 0 && is_continuation_byte(text[length])) --length;
  const std::string shown = base::repair_utf8(text.substr(0, length));
  std::string result;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char character = shown[i];
    if (character == '\n') {
      result += "\\n";
    } else if (is_control(character)) {
      result += fmt::format("\\x{:02x}", byte_of(character));
    } else if (is_high_control(std::string_view(shown).substr(i))) {
      result += fmt::format("\\u{:04x}", byte_of(shown[++i]));
    } else {
      if (also_escaped.find(character) != std::string_view::npos) result += '\\';
      result += character;
    }
  }
  if (length < text.size()) result += "…";
  return result;
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, {}); }

std::string printable_line(std::string_view text) { return escaped(text, {}, text.size()); }

std::string quoted(std::string_view text) { return '"' + escaped(text, "\"\\") + '"'; }

std::string member_path(std::string_view path, std::string_view key) {
  const bool is_plain = !key.empty() && std::ranges::all_of(key, is_plain_key_character);
  if (!is_plain) return fmt::format("{}[{}]", path, quoted(key));
  return path.empty() ? printable(key) : fmt::format("{}.{}", path, printable(key));
}

std::string item_path(std::string_view path, std::size_t index) { return fmt::format("{}[{}]", path, index); }

std::string ConfigError::place() const {
  std::string text = file.empty() ? std::string() : printable_line(file) + ':';
  if (line > 0) text += fmt::format("{}:{}:", line, column);
  if (!text.empty()) text += ' ';
  if (!path.empty()) text += path + ": ";
  return text;
}

std::string ConfigError::message() const {
  std::string text = place();
  text += fmt::format("found {}; allowed: {}", complaint.found, complaint.allowed);
  if (!complaint.meant.empty()) text += fmt::format(" (did you mean {}?)", complaint.meant);
  return text;
}

}  // namespace ergon::inline v0::config
