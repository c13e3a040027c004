#include "telemetry/logging/level_text.hpp"

#include <array>
#include <cstddef>

namespace ergon::inline v0::telemetry {

std::string_view level_name(Level level) noexcept {
  constexpr std::array<std::string_view, 7> kNames{"TRACE", "DEBUG",    "INFO", "WARNING",
                                                   "ERROR", "CRITICAL", "OFF"};
  return kNames[static_cast<std::size_t>(level)];
}

}  // namespace ergon::inline v0::telemetry
