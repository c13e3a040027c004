#include "telemetry/export/header_line.hpp"

#include <algorithm>

namespace ergon::inline v0::telemetry {

bool HeaderLine::is(std::string_view lower_case_name) const noexcept {
  return std::ranges::equal(name, lower_case_name, {}, lower_case);
}

HeaderLine read_header_line(std::string_view line) noexcept {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  return {trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1))};
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace ergon::inline v0::telemetry
