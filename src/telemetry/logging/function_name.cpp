#include "telemetry/logging/function_name.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>

namespace ergon::inline v0::telemetry {

namespace {

// 1 of what opens brackets, -1 of what closes them.
int depth_change(char character) {
  switch (character) {
    case '(':
    case '[':
    case '{':
    case '<':
      return 1;
    case ')':
    case ']':
    case '}':
    case '>':
      return -1;
    default:
      return 0;
  }
}

// Where the bracket opens that the text's last character closes; npos: it does not, or not one of `open`.
std::size_t start_of_last_group(std::string_view text, char open, char close) {
  if (!text.ends_with(close)) return std::string_view::npos;
  int depth = 0;
  for (std::size_t at = text.size(); at-- > 0;) {
    if (text[at] == close) ++depth;
    if (text[at] == open && --depth == 0) return at;
  }
  return std::string_view::npos;
}

// ` [with T = int]` of g++, ` [T = int]` of clang.
std::string_view without_template_arguments(std::string_view signature) {
  const std::size_t start = start_of_last_group(signature, '[', ']');
  const bool is_suffix = start != std::string_view::npos && start > 0 && signature[start - 1] == ' ';
  return is_suffix ? signature.substr(0, start - 1) : signature;
}

std::string_view without_parameters(std::string_view signature) {
  const std::string_view whole = signature;
  for (bool has_more = true; has_more;) {
    has_more = false;
    for (const std::string_view qualifier : {" const", " volatile", " &", " &&", " noexcept"}) {
      if (!signature.ends_with(qualifier)) continue;
      signature.remove_suffix(qualifier.size());
      has_more = true;
    }
  }
  const std::size_t start = start_of_last_group(signature, '(', ')');
  return start == std::string_view::npos ? whole : signature.substr(0, start);
}

// Where the name begins: behind the last space that is in no brackets. Those of an operator are none.
std::size_t start_of_name(std::string_view signature) {
  const std::size_t found = signature.rfind("operator");
  const bool is_operator = found != std::string_view::npos &&
                           (found == 0 || signature[found - 1] == ':' || signature[found - 1] == ' ');
  int depth = 0;
  for (std::size_t at = is_operator ? found : signature.size(); at-- > 0;) {
    depth -= depth_change(signature[at]);
    if (signature[at] == ' ' && depth == 0) return at + 1;
  }
  return 0;
}

}  // namespace

std::string_view function_name_of(std::string_view signature) {
  signature = without_parameters(without_template_arguments(signature));
  std::string_view name = signature.substr(start_of_name(signature));
  name.remove_prefix(std::min(name.find_first_not_of("*&"), name.size()));
  return name;
}

}  // namespace ergon::inline v0::telemetry
