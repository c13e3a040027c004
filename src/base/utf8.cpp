#include "base/utf8.hpp"

#include <cstring>

namespace ergon::inline v0::base {

namespace {

struct Sequence {
  std::size_t size;  // bytes of the character, or of the ill-formed part
  bool is_valid;
};

struct LeadByte {
  std::size_t length;  // 0: can't start a character
  std::uint8_t second_minimum;
  std::uint8_t second_maximum;
};

// Table 3-7 of the Unicode standard: what the second byte may be depends on the first.
LeadByte classify(std::uint8_t lead) noexcept {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

Sequence next_sequence(std::string_view text) noexcept {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const LeadByte lead = classify(byte(0));
  if (lead.length == 0) return {1, false};
  for (std::size_t at = 1; at < lead.length; ++at) {
    if (at == text.size()) return {at, false};
    const std::uint8_t low = at == 1 ? lead.second_minimum : 0x80;
    const std::uint8_t high = at == 1 ? lead.second_maximum : 0xBF;
    if (byte(at) < low || byte(at) > high) return {at, false};
  }
  return {lead.length, true};
}

// Takes a character from the text, or U+FFFD for what is none.
std::string_view next_repaired(std::string_view& text) noexcept {
  const Sequence sequence = next_sequence(text);
  const std::string_view character = text.substr(0, sequence.size);
  text.remove_prefix(sequence.size);
  return sequence.is_valid ? character : std::string_view("\xEF\xBF\xBD");
}

std::size_t ascii_at_front(std::string_view text) noexcept {
  std::size_t size = 0;
  for (std::uint64_t bytes = 0; text.size() - size >= sizeof bytes; size += sizeof bytes) {
    std::memcpy(&bytes, text.data() + size, sizeof bytes);
    if ((bytes & detail::kHighBits) != 0) break;
  }
  while (size < text.size() && static_cast<std::uint8_t>(text[size]) < 0x80) ++size;
  return size;
}

}  // namespace

bool copy_long_is_ascii(std::byte* to, std::string_view text) noexcept {
  const char* from = text.data();
  const std::size_t last = text.size() - 8;
  std::uint64_t seen = 0;
  for (std::size_t at = 0; at < last; at += 8) seen |= detail::copy_word<std::uint64_t>(to + at, from + at);
  seen |= detail::copy_word<std::uint64_t>(to + last, from + last);
  return (seen & detail::kHighBits) == 0;
}

bool is_valid_utf8(std::string_view text) noexcept {
  for (text.remove_prefix(ascii_at_front(text)); !text.empty(); text.remove_prefix(ascii_at_front(text))) {
    const Sequence sequence = next_sequence(text);
    if (!sequence.is_valid) return false;
    text.remove_prefix(sequence.size);
  }
  return true;
}

std::string_view first_characters(std::string_view text, std::size_t limit) noexcept {
  if (text.size() <= limit) return text;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool continues = (static_cast<std::uint8_t>(text[at]) & 0xC0U) == 0x80;
    if (!continues && characters++ == limit) return text.substr(0, at);
  }
  return text;
}

bool are_same_repaired(std::string_view a, std::string_view b) noexcept {
  while (!a.empty() && !b.empty()) {
    const std::string_view from_a = next_repaired(a);
    const std::string_view from_b = next_repaired(b);
    if (from_a != from_b) return false;
  }
  return a.empty() && b.empty();
}

std::string repair_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size() + 8);
  while (!text.empty()) repaired.append(next_repaired(text));
  return repaired;
}

}  // namespace ergon::inline v0::base
