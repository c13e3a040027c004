#pragma once

#include <string_view>

namespace ergon::inline v0::detail {

/// Says on stderr, as one line `program: reason`, why the program failed. Control characters are escaped; of
/// a very long reason only the beginning is shown.
void print_failure(std::string_view program, std::string_view reason);

}  // namespace ergon::inline v0::detail
