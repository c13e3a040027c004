#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ergon::base {

/// A character that a terminal or a reader of lines would act on instead of showing it.
struct ControlCharacter {
  std::uint32_t point{0};
  std::size_t size{0};  // in bytes; 0: there is none
};

/// The control character (C0, DEL or C1) or line separator (U+2028, U+2029) at the front of UTF-8 text, if
/// any. C1 counts as much as C0: U+009B starts an escape sequence, U+0085 a line.
[[nodiscard]] inline ControlCharacter control_at_front(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) -> std::uint32_t {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : 0x20U;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7F) return {byte(0), 1};
  if (byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0) return {byte(1), 2};
  if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9))
    return {0x1F80U + byte(2), 3};
  return {};
}

/// How many bytes at the front of the text are plain: none of them begins a control character, and none is
/// `also` or `and_also`. Lines are made of such runs, so they are copied as a whole.
[[nodiscard]] inline std::size_t plain_bytes_at_front(std::string_view text, char also,
                                                      char and_also) noexcept {
  std::size_t size = 0;
  for (; size < text.size(); ++size) {
    const auto byte = static_cast<std::uint8_t>(text[size]);
    if (byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2 || text[size] == also ||
        text[size] == and_also)
      break;
  }
  return size;
}

}  // namespace ergon::base
