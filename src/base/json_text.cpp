#include "base/json_text.hpp"

#include <charconv>
#include <cmath>

#include "base/control_character.hpp"
#include "base/hex.hpp"

namespace ergon::inline v0::base {

namespace {

void append_code_unit(std::string& out, std::uint32_t unit) {
  out.append("\\u");
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out.push_back(kHexDigits[(unit >> shift) & 0x0FU]);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::size_t plain = plain_bytes_at_front(text, '"', '\\');
    out.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const char c = text.front();
    const ControlCharacter control = control_at_front(text);
    if (c == '\n') {
      out.append("\\n");
    } else if (control.size > 0) {
      append_code_unit(out, control.point);
    } else {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    text.remove_prefix(control.size > 0 ? control.size : 1);
  }
  out.push_back('"');
}

void append_json_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out.append("\"NaN\"");
  } else if (std::isinf(value)) {
    out.append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  } else if (value == 0 && std::signbit(value)) {
    out.append("-0.0");  // readers take -0 for an integer, which has no sign
  } else {
    char digits[32];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, end);
  }
}

}  // namespace ergon::inline v0::base
