#include "app/print_failure.hpp"

#include <fmt/format.h>

#include <iterator>
#include <string>

#include "base/control_character.hpp"
#include "base/diagnostic.hpp"
#include "base/utf8.hpp"
#include "task/shortened.hpp"

namespace ergon::detail {
namespace {

std::string on_one_line(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const base::ControlCharacter control = base::control_at_front(text);
    if (control.size == 0) {
      line += text.front();
    } else if (control.point == '\n') {
      line += "\\n";
    } else {
      const auto escape = fmt::runtime(control.size == 1 ? "\\x{:02x}" : "\\u{:04x}");
      fmt::format_to(std::back_inserter(line), escape, control.point);
    }
    text.remove_prefix(control.size > 0 ? control.size : 1);
  }
  return line;
}

}  // namespace

void print_failure(std::string_view program, std::string_view reason) {
  const std::string shown = base::repair_utf8(shortened(reason, kLongestReason));
  base::write_to_stderr(fmt::format("{}: {}\n", program, on_one_line(shown)));
}

}  // namespace ergon::detail
