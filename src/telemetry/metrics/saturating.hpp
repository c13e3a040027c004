#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace ergon::telemetry {

/// A sum of finite doubles that never becomes infinite: it stays at the end of its range.
[[nodiscard]] inline double sum_of(double total, double value) noexcept {
  const double sum = total + value;
  if (std::isfinite(sum)) [[likely]]
    return sum;
  return std::copysign(std::numeric_limits<double>::max(), sum);
}

/// A sum that has reached int64's end stays there: it never turns over.
[[nodiscard]] inline std::int64_t sum_of(std::int64_t total, std::int64_t value) noexcept {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(total, value, &sum)) [[likely]]
    return sum;
  return value < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

/// What came between two sums.
[[nodiscard]] inline double difference_of(double now, double before) noexcept { return sum_of(now, -before); }
[[nodiscard]] inline std::int64_t difference_of(std::int64_t now, std::int64_t before) noexcept {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(now, before, &difference)) [[likely]]
    return difference;
  return before > 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

}  // namespace ergon::telemetry
