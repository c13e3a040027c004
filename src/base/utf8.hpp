#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace ergon::inline v0::base {

namespace detail {

inline constexpr std::uint64_t kHighBits = 0x8080808080808080U;

template <class Word>
Word copy_word(std::byte* to, const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  std::memcpy(to, &word, sizeof word);
  return word;
}

}  // namespace detail

/// The same as `copy_is_ascii`, for texts of more than 8 bytes.
bool copy_long_is_ascii(std::byte* to, std::string_view text) noexcept;

/// Copies the text and answers whether all of it is ASCII: the check costs nothing beside the copy. Short
/// texts, the usual case, take two overlapping words in line.
inline bool copy_is_ascii(std::byte* to, std::string_view text) noexcept {
  const char* from = text.data();
  const std::size_t size = text.size();
  std::uint64_t seen = 0;
  if (size > 16) return copy_long_is_ascii(to, text);
  if (size >= 8) {
    seen = detail::copy_word<std::uint64_t>(to, from);
    seen |= detail::copy_word<std::uint64_t>(to + size - 8, from + size - 8);
  } else if (size >= 4) {
    seen = detail::copy_word<std::uint32_t>(to, from);
    seen |= detail::copy_word<std::uint32_t>(to + size - 4, from + size - 4);
  } else if (size > 0) {
    seen = detail::copy_word<std::uint8_t>(to, from);
    seen |= detail::copy_word<std::uint8_t>(to + size / 2, from + size / 2);
    seen |= detail::copy_word<std::uint8_t>(to + size - 1, from + size - 1);
  }
  return (seen & detail::kHighBits) == 0;
}

/// Whether all of the text is ASCII.
[[nodiscard]] inline bool is_ascii(std::string_view text) noexcept {
  const auto word_at = [&](std::size_t at) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    return word;
  };
  std::uint64_t seen = 0;
  if (text.size() >= 8) {
    for (std::size_t at = 0; at < text.size() - 8; at += 8) seen |= word_at(at);
    seen |= word_at(text.size() - 8);
  } else {
    for (const char c : text) seen |= static_cast<std::uint8_t>(c);
  }
  return (seen & detail::kHighBits) == 0;
}

/// Whether the text is well-formed UTF-8: no overlong form, surrogate, or value above U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// The first `limit` characters (code points) of a text that is well-formed; of another, more than that.
[[nodiscard]] std::string_view first_characters(std::string_view text, std::size_t limit) noexcept;

/// Whether the two are one text once `repair_utf8` has seen both; without doing that.
[[nodiscard]] bool are_same_repaired(std::string_view a, std::string_view b) noexcept;

/// The text with each maximal ill-formed part replaced by U+FFFD (Unicode 15, section 3.9).
[[nodiscard]] std::string repair_utf8(std::string_view text);

}  // namespace ergon::inline v0::base
