#pragma once

#include <time.h>

#include <cstdint>

namespace ergon::inline v0::base {

/// Nanoseconds since 1970 by the system's clock, which may be set back.
[[nodiscard]] inline std::uint64_t unix_nanoseconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace ergon::inline v0::base
