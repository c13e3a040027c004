#include "telemetry/logging/call_source.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/record_body.hpp"

namespace ergon::telemetry {

namespace wire = base::wire;

namespace {

constexpr std::uint32_t kAttributes = 6;
constexpr std::uint32_t kKey = 1;
constexpr std::uint32_t kValue = 2;
constexpr std::uint32_t kStringValue = 1;
constexpr std::uint32_t kIntValue = 3;

bool has_attribute(std::string_view fields, std::string_view key) {
  const auto* bytes = reinterpret_cast<const std::byte*>(fields.data());
  for (std::uint32_t at = 0; at < fields.size();) {
    const BodyField field = field_at(bytes, at);
    if (field.tag == static_cast<std::uint8_t>(AttributeTag::log) && key_of(field.content) == key)
      return true;
    at += field.size;
  }
  return false;
}

void append_value(std::string_view attributes, std::string_view key, std::string_view value,
                  std::string& out) {
  if (has_attribute(attributes, key)) return;
  std::string pair;
  wire::append_field(pair, kKey, key);
  wire::append_field(pair, kValue, value);
  wire::append_field(out, kAttributes, pair);
}

void append_text_value(std::string_view attributes, std::string_view key, std::string_view text,
                       std::string& out) {
  std::string value;
  wire::append_field(value, kStringValue, base::is_valid_utf8(text) ? text : base::repair_utf8(text));
  append_value(attributes, key, value, out);
}

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

CallSource source_of(const LogRecord& record) {
  const std::source_location& source = record.source;
  return {.file = source.file_name(), .function = source.function_name(), .line = source.line()};
}

void append_source(std::string_view attributes, const CallSource& source, std::string& out) {
  if (source.line == 0) return;
  append_text_value(attributes, "code.file.path", source.file, out);
  std::string line;
  wire::append_number(line, kIntValue, source.line);
  append_value(attributes, "code.line.number", line, out);
  append_text_value(attributes, "code.function.name", function_name_of(source.function), out);
}

}  // namespace ergon::telemetry
