#pragma once

namespace ergon::inline v0::telemetry {

/// Whether text on this descriptor may have colours: it is a terminal, TERM names one that has them (not
/// `dumb`), and NO_COLOR (no-color.org) is not set. Reads the environment, like getenv.
[[nodiscard]] bool shows_colours(int descriptor);

}  // namespace ergon::inline v0::telemetry
