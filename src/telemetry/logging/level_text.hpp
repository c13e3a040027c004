#pragma once

#include <cstdint>
#include <string_view>

#include <ergon/config/level.hpp>

namespace ergon::inline v0::telemetry {

/// OTLP's severity number of a level: TRACE 1, DEBUG 5, INFO 9, WARN 13, ERROR 17, FATAL 21.
[[nodiscard]] constexpr std::uint32_t severity_number(Level level) noexcept {
  return 1 + 4 * static_cast<std::uint32_t>(level);
}
[[nodiscard]] constexpr Level level_of_severity(std::uint64_t number) noexcept {
  return number == 0 ? Level::trace : static_cast<Level>((number - 1) / 4 < 5 ? (number - 1) / 4 : 5);
}

/// The name of a level in records and lines: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL.
[[nodiscard]] std::string_view level_name(Level level) noexcept;

}  // namespace ergon::inline v0::telemetry
