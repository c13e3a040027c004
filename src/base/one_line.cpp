#include "base/one_line.hpp"

#include <fmt/format.h>

#include <iterator>

#include "base/control_character.hpp"

namespace ergon::inline v0::base {

void append_one_line(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = plain_bytes_at_front(text, '\n', '\n');
    out.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const ControlCharacter control = control_at_front(text);
    if (text.front() == '\n') {
      out.append("\\n");
    } else if (control.size == 1) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", control.point);
    } else if (control.size > 1) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", control.point);
    } else {
      out.push_back(text.front());
    }
    text.remove_prefix(control.size > 0 ? control.size : 1);
  }
}

}  // namespace ergon::inline v0::base
