#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace ergon::inline v0::base {

inline constexpr char kHexDigits[] = "0123456789abcdef";

/// The two digits of each byte.
inline constexpr std::array<std::array<char, 2>, 256> kHexPairs = [] {
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte)
    pairs[byte] = {kHexDigits[byte >> 4U], kHexDigits[byte & 0x0FU]};
  return pairs;
}();

/// Two lower-case digits a byte, at `out`.
inline void write_hex(char* out, const std::uint8_t* bytes, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i) std::memcpy(out + 2 * i, kHexPairs[bytes[i]].data(), 2);
}

[[nodiscard]] inline std::string to_hex(const std::uint8_t* bytes, std::size_t size) {
  std::string text(size * 2, '\0');
  write_hex(text.data(), bytes, size);
  return text;
}

}  // namespace ergon::inline v0::base
