#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ergon::inline v0::telemetry {

/// Without HTTP's optional white space around it: spaces and tabs (RFC 9110, section 5.6.3).
[[nodiscard]] inline std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kOptionalSpace = " \t";
  const std::size_t first = text.find_first_not_of(kOptionalSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kOptionalSpace) - first + 1);
}

/// Takes what is before the first of these from the text, and the separator itself.
[[nodiscard]] inline std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::size_t at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return taken;
}

/// Takes the first member of a comma-separated list; it may be empty.
[[nodiscard]] inline std::string_view next_list_member(std::string_view& list) noexcept {
  return trimmed(take_until(list, ','));
}

/// One list of several header lines of a name (RFC 9110, section 5.3).
[[nodiscard]] inline std::string joined(const std::vector<std::string_view>& lines) {
  std::string list;
  for (const std::string_view line : lines) {
    if (!list.empty()) list += ',';
    list += line;
  }
  return list;
}

}  // namespace ergon::inline v0::telemetry
