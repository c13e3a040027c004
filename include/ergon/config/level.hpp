#pragma once

#include <cstdint>

namespace ergon::inline v0 {

/// How much a log record matters, in rising order. As a threshold (of `LoggingConfig`, or of one handler) it
/// means "this and above"; `off`, above all of them, lets nothing pass. In YAML: the same names.
enum class Level : std::uint8_t { trace, debug, info, warning, error, critical, off };

}  // namespace ergon::inline v0
