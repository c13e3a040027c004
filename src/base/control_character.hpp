#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ergon::inline v0::base {

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

namespace detail {

inline constexpr std::uint64_t kEachByte = 0x0101'0101'0101'0101U;

/// Whether one of the eight bytes is zero; and whether one is less than `limit`, which is at most 128, of
/// those below 128.
[[nodiscard]] constexpr bool has_zero(std::uint64_t bytes) noexcept {
  return ((bytes - kEachByte) & ~bytes & (kEachByte * 0x80)) != 0;
}
[[nodiscard]] constexpr bool has_less(std::uint64_t bytes, std::uint64_t limit) noexcept {
  return ((bytes - kEachByte * limit) & ~bytes & (kEachByte * 0x80)) != 0;
}

/// Whether all of the eight bytes are ASCII, no control characters and neither of the two.
[[nodiscard]] constexpr bool are_plain_ascii(std::uint64_t bytes, char also, char and_also) noexcept {
  const auto has = [bytes](char c) { return has_zero(bytes ^ (kEachByte * static_cast<std::uint8_t>(c))); };
  const bool is_ascii = (bytes & (kEachByte * 0x80)) == 0;
  return is_ascii && !has_less(bytes, 0x20) && !has('\x7F') && !has(also) && !has(and_also);
}

}  // namespace detail

/// How many bytes at the front of the text are plain: none of them begins a control character, and none is
/// `also` or `and_also`. Lines are made of such runs, so they are copied as a whole. Looks at eight at a
/// time.
[[nodiscard]] inline std::size_t plain_bytes_at_front(std::string_view text, char also,
                                                      char and_also) noexcept {
  const auto is_plain = [=](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return !(byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2 || c == also || c == and_also);
  };
  const auto first_other = [&](std::size_t from, std::size_t to) {
    while (from < to && is_plain(text[from])) ++from;
    return from;
  };
  std::size_t size = 0;
  for (std::uint64_t bytes = 0; text.size() - size >= sizeof bytes; size += sizeof bytes) {
    std::memcpy(&bytes, text.data() + size, sizeof bytes);
    if (detail::are_plain_ascii(bytes, also, and_also)) continue;
    const std::size_t other = first_other(size, size + sizeof bytes);
    if (other < size + sizeof bytes) return other;
  }
  return first_other(size, text.size());
}

}  // namespace ergon::inline v0::base
