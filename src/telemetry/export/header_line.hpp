#pragma once

#include <string_view>

namespace ergon::inline v0::telemetry {

/// One header or trailer line of an answer, without the spaces around its two parts.
struct HeaderLine {
  std::string_view name;  // empty: the line is none
  std::string_view value;

  /// Whether it is the header of that name, which is given in lower case.
  [[nodiscard]] bool is(std::string_view lower_case_name) const noexcept;
};

[[nodiscard]] HeaderLine read_header_line(std::string_view line) noexcept;

/// Without the spaces, tabs and line ends at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// In ASCII, whatever the locale.
[[nodiscard]] constexpr char lower_case(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace ergon::inline v0::telemetry
