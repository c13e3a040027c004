#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ergon::base {

inline constexpr char kHexDigits[] = "0123456789abcdef";

/// Two lower-case digits a byte, at `out`.
inline void write_hex(char* out, const std::uint8_t* bytes, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; ++i) {
    *out++ = kHexDigits[bytes[i] >> 4U];
    *out++ = kHexDigits[bytes[i] & 0x0FU];
  }
}

[[nodiscard]] inline std::string to_hex(const std::uint8_t* bytes, std::size_t size) {
  std::string text(size * 2, '\0');
  write_hex(text.data(), bytes, size);
  return text;
}

}  // namespace ergon::base
