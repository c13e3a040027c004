#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ergon::inline v0::telemetry {

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

/// The same of numbers that are kept as 64 bits.
template <class T>
[[nodiscard]] std::uint64_t sum_of_bits(std::uint64_t total, std::uint64_t value) noexcept {
  return std::bit_cast<std::uint64_t>(sum_of(std::bit_cast<T>(total), std::bit_cast<T>(value)));
}
template <class T>
[[nodiscard]] std::uint64_t difference_of_bits(std::uint64_t now, std::uint64_t before) noexcept {
  return std::bit_cast<std::uint64_t>(difference_of(std::bit_cast<T>(now), std::bit_cast<T>(before)));
}

}  // namespace ergon::inline v0::telemetry
