#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace ergon::base {

/// Copies the text and answers whether all of it is ASCII: the check costs nothing beside the copy.
inline bool copy_is_ascii(std::byte* to, std::string_view text) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  const char* from = text.data();
  std::size_t left = text.size();
  std::uint64_t seen = 0;
  while (left >= 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, from, 8);
    std::memcpy(to, &eight, 8);
    seen |= eight;
    from += 8;
    to += 8;
    left -= 8;
  }
  for (; left > 0; --left, ++from, ++to) {
    *to = static_cast<std::byte>(*from);
    seen |= static_cast<std::uint8_t>(*from);
  }
  return (seen & kHighBits) == 0;
}

/// Whether the text is well-formed UTF-8: no overlong form, surrogate, or value above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// The text with each maximal ill-formed part replaced by U+FFFD (Unicode 15, section 3.9).
[[nodiscard]] std::string repair_utf8(std::string_view text);

}  // namespace ergon::base
