#include "base/wildcard.hpp"

namespace ergon::inline v0::base {

namespace {

bool continues_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// Where the character at `at` ends.
std::size_t after_character(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size() && continues_character(text[at]);) ++at;
  return at;
}

}  // namespace

// After a mismatch the last star takes one more character, and the rest is tried again: no pattern takes more
// steps than its length times the text's.
bool matches_wildcard(std::string_view pattern, std::string_view text) noexcept {
  std::size_t in_pattern = 0;
  std::size_t in_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (in_text < text.size()) {
    const bool is_at_end = in_pattern == pattern.size();
    if (!is_at_end && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_text = in_text;
    } else if (!is_at_end && pattern[in_pattern] == '?') {
      ++in_pattern;
      in_text = after_character(text, in_text);
    } else if (!is_at_end && pattern[in_pattern] == text[in_text]) {
      ++in_pattern;
      ++in_text;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      in_text = star_text = after_character(text, star_text);
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

}  // namespace ergon::inline v0::base
