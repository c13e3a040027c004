#pragma once

#include <string>
#include <string_view>

namespace ergon::inline v0::base {

/// Appends UTF-8 text with control characters as `\n`, `\x1b` or `\u009b`, so that it stays on its line and a
/// terminal shows it instead of obeying it.
void append_one_line(std::string& out, std::string_view text);

}  // namespace ergon::inline v0::base
