#include "base/json_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "base/utf8.hpp"

namespace ergon::base {
namespace {

std::string in_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string number(double value) {
  std::string out;
  append_json_double(out, value);
  return out;
}

TEST(JsonText, EscapesWhatJsonAndTerminalsReadOtherwise) {
  EXPECT_EQ(in_json("say \"hi\"\\n"), R"("say \"hi\"\\n")");
  EXPECT_EQ(in_json("a\nb\tc\x1b[0m\x7f"), R"("a\nb\u0009c\u001b[0m\u007f")");
  EXPECT_EQ(in_json({"\0", 1}), R"("\u0000")");
  EXPECT_EQ(in_json("é€𝄞"), "\"é€𝄞\"");
}

TEST(JsonText, LeavesNoControlByteInTheText) {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all.push_back(static_cast<char>(c));
  const std::string text = in_json(all);
  EXPECT_TRUE(std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) << text;
  EXPECT_EQ(nlohmann::json::parse(text).get<std::string>(), all);
}

// U+0080 to U+009F are control characters too: U+009B starts a terminal's escape sequence, U+0085 is a new
// line.
TEST(JsonText, EscapesControlCharactersBeyondAscii) {
  const std::string text = "\xC2\x85 \xC2\x9B[31m \xE2\x80\xA8 \xE2\x80\xA9 \xC2\xA0 \xE2\x80\xAA";
  EXPECT_EQ(in_json(text), "\"\\u0085 \\u009b[31m \\u2028 \\u2029 \xC2\xA0 \xE2\x80\xAA\"");
  EXPECT_EQ(nlohmann::json::parse(in_json(text)).get<std::string>(), text);
}

TEST(JsonText, ReadsBackAsItWas) {
  std::mt19937 random(6);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 30, '\0');
    for (char& c : text) c = static_cast<char>(random() % 256);
    const std::string valid = repair_utf8(text);
    EXPECT_EQ(nlohmann::json::parse(in_json(valid)).get<std::string>(), valid);
  }
}

TEST(JsonText, WritesDoublesThatReadBackAsTheSame) {
  EXPECT_EQ(number(1.5), "1.5");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(-0.0), "-0.0") << "many readers take -0 for an integer";
  std::mt19937_64 random(7);
  for (int i = 0; i < 50'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    EXPECT_EQ(nlohmann::json::parse(number(value)).get<double>(), value);
  }
  for (const double value : {0.0, -0.0, 5e-324, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(nlohmann::json::parse(number(value)).get<double>(), value);
  }
}

TEST(JsonText, WritesWhatJsonHasNoNumberForAsStrings) {
  EXPECT_EQ(number(std::nan("")), "\"NaN\"");
  EXPECT_EQ(number(HUGE_VAL), "\"Infinity\"");
  EXPECT_EQ(number(-HUGE_VAL), "\"-Infinity\"");
}

}  // namespace
}  // namespace ergon::base
