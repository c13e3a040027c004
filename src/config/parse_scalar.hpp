#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ergon::inline v0::config {

/// A number read from text. `is_exact` is false where the text is one, but beyond what T can hold.
template <class T>
struct ParsedNumber {
  T value{};
  bool is_exact{true};

  friend bool operator==(const ParsedNumber&, const ParsedNumber&) = default;
};

/// YAML 1.2's `true` and `false`, nothing else.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// Decimal digits with an optional sign. Leading zeros, which some read as octal, are refused, as are 0x and
/// 0o.
[[nodiscard]] std::optional<ParsedNumber<std::int64_t>> parse_integer(std::string_view text);

/// A decimal fraction with an optional sign and exponent. Infinities, NaN and hexadecimal are refused.
[[nodiscard]] std::optional<ParsedNumber<double>> parse_number(std::string_view text);

/// Digits and a unit: ns, us, ms, s, m or h.
[[nodiscard]] std::optional<ParsedNumber<std::chrono::nanoseconds>> parse_duration(std::string_view text);

/// Digits and a unit of bytes, KB, MB, GB (of 1,000) or KiB, MiB, GiB (of 1,024), or B; without one, bytes.
[[nodiscard]] std::optional<ParsedNumber<std::int64_t>> parse_size(std::string_view text);

}  // namespace ergon::inline v0::config
