#include "app/report_config.hpp"

#include <unistd.h>

#include "base/diagnostic.hpp"
#include "config/excerpt.hpp"

namespace ergon::inline v0::detail {

void report_errors(const config::ConfigErrors& errors) {
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  for (const config::ConfigError& error : errors)
    base::write_to_stderr(error.message() + "\n" + (is_terminal ? config::excerpt(error) : ""));
}

void report_warnings(const config::ConfigWarnings& warnings) {
  for (const std::string& warning : warnings) base::write_to_stderr("warning: " + warning + "\n");
}

}  // namespace ergon::inline v0::detail
