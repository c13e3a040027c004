#include "telemetry/session/terminal.hpp"

#include <unistd.h>

#include "config/environment.hpp"

namespace ergon::inline v0::telemetry {

bool shows_colours(int descriptor) {
  if (isatty(descriptor) == 0 || config::environment_variable("NO_COLOR")) return false;
  return config::environment_variable("TERM").value_or("dumb") != "dumb";
}

}  // namespace ergon::inline v0::telemetry
