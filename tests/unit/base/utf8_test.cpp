#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace ergon::base {
namespace {

const std::string kBad = "\xEF\xBF\xBD";

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string encoded(std::uint32_t point) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) return {static_cast<char>(point)};
  if (point < 0x800) return {static_cast<char>(0xC0U | (point >> 6U)), tail(0)};
  if (point < 0x10000) return {static_cast<char>(0xE0U | (point >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xF0U | (point >> 18U)), tail(12), tail(6), tail(0)};
}

// What UTF-8 is, told by enumeration instead of by the table that the code under test uses: all encodings of
// all scalar values, and all their beginnings.
class Enumerated {
 public:
  Enumerated() {
    for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
      if (point >= 0xD800 && point <= 0xDFFF) continue;
      const std::string text = encoded(point);
      for (std::size_t size = 1; size < text.size(); ++size) (*starts_)[index(text.substr(0, size))] = true;
      if (text.size() < 4) (*whole_)[index(text)] = true;
    }
  }

  std::string repaired(std::string_view text) const {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t whole = whole_size(text.substr(at));
      if (whole > 0) {
        out += text.substr(at, whole);
        at += whole;
      } else {
        out += kBad;
        at += part_size(text.substr(at));
      }
    }
    return out;
  }

 private:
  static std::size_t index(std::string_view text) {
    std::size_t number = text.size();
    for (const char c : text) number = number << 8U | static_cast<std::uint8_t>(c);
    return number;
  }
  // The character at the front, or 0. Four bytes are one if three are a beginning of one: the fourth is free.
  std::size_t whole_size(std::string_view text) const {
    for (std::size_t size = 1; size <= 3 && size <= text.size(); ++size) {
      if ((*whole_)[index(text.substr(0, size))]) return size;
    }
    if (text.size() < 4 || !(*starts_)[index(text.substr(0, 3))]) return 0;
    return (static_cast<std::uint8_t>(text[3]) & 0xC0U) == 0x80 ? 4 : 0;
  }
  // The longest beginning of a character, one byte at least.
  std::size_t part_size(std::string_view text) const {
    std::size_t size = 1;
    while (size < 3 && size < text.size() && (*starts_)[index(text.substr(0, size + 1))]) ++size;
    return size;
  }

  using Set = std::bitset<std::size_t{4} << 24U>;
  std::unique_ptr<Set> starts_ = std::make_unique<Set>();
  std::unique_ptr<Set> whole_ = std::make_unique<Set>();
};

const Enumerated& oracle() {
  static const Enumerated kOracle;
  return kOracle;
}

void expect_as_enumerated(std::string_view text) {
  const std::string expected = oracle().repaired(text);
  EXPECT_EQ(repair_utf8(text), expected);
  EXPECT_EQ(is_valid_utf8(text), expected == text);
}

TEST(Utf8, TakesWhatIsWellFormed) {
  for (const std::string text : {"", "a", "é", "€", "𝄞", "日本語", "a\xC2\x80z", "\xED\x9F\xBF",
                                 "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
    EXPECT_EQ(repair_utf8(text), text);
  }
  EXPECT_TRUE(is_valid_utf8({"a\0b", 3}));
}

// The examples of the Unicode standard, section 3.9, tables 3-8 to 3-11; Python's errors="replace" agrees.
TEST(Utf8, ReplacesEachMaximalSubpart) {
  EXPECT_EQ(repair_utf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), repeated(kBad, 8) + "A");
  EXPECT_EQ(repair_utf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), repeated(kBad, 8) + "A");
  EXPECT_EQ(repair_utf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
            repeated(kBad, 5) + "A" + repeated(kBad, 2) + "B");
  EXPECT_EQ(repair_utf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), repeated(kBad, 4) + "A");
}

TEST(Utf8, ReplacesWhatTheEndCutsOff) {
  EXPECT_EQ(repair_utf8("a\xF0\x9D\x84"), "a" + kBad);
  EXPECT_EQ(repair_utf8("a\xE2\x82"), "a" + kBad);
  EXPECT_EQ(repair_utf8("\xC3"), kBad);
}

TEST(Utf8, RepairsLatin1) {
  EXPECT_EQ(repair_utf8("caf\xE9 cr\xE8me"), "caf" + kBad + " cr" + kBad + "me");
  EXPECT_FALSE(is_valid_utf8("caf\xE9"));
}

TEST(Utf8, AgreesWithAnEnumerationOnAllPairs) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::array<char, 2> text{static_cast<char>(first), static_cast<char>(second)};
      expect_as_enumerated({text.data(), 2});
    }
  }
}

// Bytes at the limits of the table, where a mistake would sit.
TEST(Utf8, AgreesWithAnEnumerationOnRandomTexts) {
  constexpr std::array<unsigned char, 24> kLimits{0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
                                                  0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
                                                  0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
  std::mt19937 random(3);
  for (int i = 0; i < 100'000; ++i) {
    std::string text(random() % 9, '\0');
    for (char& c : text)
      c = static_cast<char>(random() % 4 == 0 ? random() % 256 : kLimits[random() % kLimits.size()]);
    expect_as_enumerated(text);
  }
}

TEST(Utf8, RepairsToWhatNeedsNoRepair) {
  std::mt19937 random(4);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random() % 256);
    const std::string repaired = repair_utf8(text);
    EXPECT_TRUE(is_valid_utf8(repaired));
    EXPECT_EQ(repair_utf8(repaired), repaired);
  }
}

// Every length around the words that are copied, at every misalignment of source and target.
TEST(CopyIsAscii, CopiesExactlyTheTextAndFindsEachOtherByte) {
  std::vector<char> from(128);
  for (std::size_t size = 0; size <= 80; ++size) {
    for (std::size_t shift = 0; shift < 8; ++shift) {
      for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<char>(1 + (i * 7 + size) % 126);
      const std::string_view text(from.data() + shift, size);
      for (std::size_t bad = 0; bad <= size; ++bad) {  // at `size`: all is ASCII
        if (bad < size) from[shift + bad] = static_cast<char>(0x80 + bad);
        std::vector<std::byte> to(size + 32, std::byte{0xEE});
        const std::size_t at = 8 + (shift * 3) % 8;
        EXPECT_EQ(copy_is_ascii(to.data() + at, text), bad == size) << size << " " << bad;
        EXPECT_EQ(std::memcmp(to.data() + at, text.data(), size), 0);
        EXPECT_EQ(to[at - 1], std::byte{0xEE});
        EXPECT_EQ(to[at + size], std::byte{0xEE}) << "wrote past the end of " << size;
        if (bad < size) from[shift + bad] = 'x';
      }
    }
  }
}

TEST(FirstCharacters, CountsCodePoints) {
  EXPECT_EQ(first_characters("abc", 2), "ab");
  EXPECT_EQ(first_characters("abc", 3), "abc");
  EXPECT_EQ(first_characters("abc", 0), "");
  EXPECT_EQ(first_characters("", 0), "");
  EXPECT_EQ(first_characters("\xC3\xA9\xC3\xA9z", 2), "\xC3\xA9\xC3\xA9");
  EXPECT_EQ(first_characters("\xF0\x9D\x84\x9Ex", 1), "\xF0\x9D\x84\x9E");
}

TEST(Utf8, ComparesTextsAsTheyWillBeRepaired) {
  const std::vector<std::string> texts{
      "",      "a", "\xff", "\xfe",     "\xff\xfe",     "\xEF\xBF\xBD", "a\xffz",      "a\xC3z",
      "a\xC3", "é", "éa",   "\xE2\x82", "\xE2\x82\xAC", "\xF0\x9F",     "\xED\xA0\x80"};
  for (const std::string& a : texts) {
    for (const std::string& b : texts)
      EXPECT_EQ(are_same_repaired(a, b), repair_utf8(a) == repair_utf8(b)) << a << " and " << b;
  }
}

}  // namespace
}  // namespace ergon::base
