#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/hex.hpp"

namespace ergon::inline v0::telemetry {

/// The value of a lower-case hexadecimal digit, or -1: upper case is an error in all headers of ours.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Reads bytes of exactly this many digits; false, with `bytes` undefined, where the text is anything else.
template <std::size_t N>
[[nodiscard]] bool read_hex(std::string_view text, std::array<std::uint8_t, N>& bytes) noexcept {
  if (text.size() != 2 * N) return false;
  for (std::size_t i = 0; i < N; ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

template <std::size_t N>
void append_hex(std::string& text, const std::array<std::uint8_t, N>& bytes) {
  std::array<char, 2 * N> digits;
  base::write_hex(digits.data(), bytes.data(), N);
  text.append(digits.data(), digits.size());
}

}  // namespace ergon::inline v0::telemetry
