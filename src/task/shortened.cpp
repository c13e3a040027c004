#include "task/shortened.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::string_view kMark = "…";

bool is_continuation_byte(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80; }

}  // namespace

std::string shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t size = limit - kMark.size();
  const std::size_t least = size - 3;  // a character has no more bytes to go back over
  while (size > least && is_continuation_byte(text[size])) --size;
  return std::string(text.substr(0, size)).append(kMark);
}

}  // namespace ergon::inline v0::detail
