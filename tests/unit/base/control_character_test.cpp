#include "base/control_character.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace ergon::base {
namespace {

std::size_t one_by_one(std::string_view text, char also, char and_also) {
  std::size_t size = 0;
  for (; size < text.size(); ++size) {
    const auto byte = static_cast<std::uint8_t>(text[size]);
    if (byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2 || text[size] == also ||
        text[size] == and_also)
      break;
  }
  return size;
}

TEST(PlainBytesAtFront, AreThoseThatAreFoundOneByOne) {
  std::mt19937 random(20'261'130);
  for (int round = 0; round < 100'000; ++round) {
    std::string text(random() % 40, 'x');
    for (auto changes = random() % 3; changes > 0 && !text.empty(); --changes)
      text[random() % text.size()] = static_cast<char>(random() % 256);
    ASSERT_EQ(plain_bytes_at_front(text, '"', '\\'), one_by_one(text, '"', '\\'));
    ASSERT_EQ(plain_bytes_at_front(text, '\xC3', '\xC3'), one_by_one(text, '\xC3', '\xC3'));
  }
}

TEST(PlainBytesAtFront, EndBeforeEveryByteThatIsNone) {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 17; ++at) {
      std::string text(17, 'x');
      text[at] = static_cast<char>(byte);
      ASSERT_EQ(plain_bytes_at_front(text, '"', '\\'), one_by_one(text, '"', '\\')) << byte << " at " << at;
    }
  }
}

}  // namespace
}  // namespace ergon::base
