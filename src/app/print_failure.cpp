#include "app/print_failure.hpp"

#include <string>

#include "base/diagnostic.hpp"
#include "base/one_line.hpp"
#include "base/utf8.hpp"
#include "task/shortened.hpp"

namespace ergon::inline v0::detail {
void print_failure(std::string_view program, std::string_view reason) {
  std::string line = std::string(program) + ": ";
  base::append_one_line(line, base::repair_utf8(shortened(reason, kLongestReason)));
  base::write_to_stderr(line + "\n");
}

}  // namespace ergon::inline v0::detail
