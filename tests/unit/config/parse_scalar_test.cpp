#include "config/parse_scalar.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace ergon::config {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

template <class T>
bool is_beyond_limits(const std::optional<ParsedNumber<T>>& parsed) {
  return !parsed.value_or(ParsedNumber<T>{}).is_exact;
}

TEST(ParseBoolean, KnowsTrueAndFalseOnly) {
  EXPECT_EQ(parse_boolean("true"), true);
  EXPECT_EQ(parse_boolean("false"), false);
  for (const char* text : {"yes", "no", "on", "off", "True", "TRUE", "y", "1", "0", "", " true"}) {
    EXPECT_EQ(parse_boolean(text), std::nullopt) << text;
  }
}

TEST(ParseInteger, ReadsDecimalDigits) {
  const std::pair<const char*, std::int64_t> cases[] = {{"0", 0},
                                                        {"-0", 0},
                                                        {"+5", 5},
                                                        {"-17", -17},
                                                        {"9223372036854775807", INT64_MAX},
                                                        {"-9223372036854775808", INT64_MIN}};
  for (const auto& [text, value] : cases) {
    EXPECT_EQ(parse_integer(text), (ParsedNumber<std::int64_t>{value, true})) << text;
  }
}

TEST(ParseInteger, RefusesWhatSomeReadDifferently) {
  for (const char* text : {"010", "00", "-01", "0x10", "0o17", "0b1", "1_000", "1,000", "1.0",  "1.5",
                           "1e3", "",   "-",   "+",    "+-1",  " 1",  "1 ",    "1a",    "five", ".5"}) {
    EXPECT_FALSE(parse_integer(text)) << text;
  }
}

TEST(ParseInteger, SaysWhenANumberDoesNotFit) {
  EXPECT_TRUE(is_beyond_limits(parse_integer("9223372036854775808")));
  EXPECT_TRUE(is_beyond_limits(parse_integer("-99999999999999999999")));
}

TEST(ParseNumber, ReadsDecimalFractions) {
  const std::pair<const char*, double> cases[] = {{"0", 0},       {"0.25", 0.25}, {"-1.5", -1.5},
                                                  {"+.5", 0.5},   {"5.", 5},      {"1e3", 1'000},
                                                  {"1E-2", 0.01}, {"2.5e+1", 25}, {"007", 7}};
  for (const auto& [text, value] : cases) {
    EXPECT_EQ(parse_number(text), (ParsedNumber<double>{value, true})) << text;
  }
}

TEST(ParseNumber, RefusesTheRest) {
  for (const char* text : {"",    ".",    "-",    "+.",    ".e1",   "1e", "1e+", "e5",  "nan", ".nan",
                           "inf", ".inf", "-inf", "0x1p3", "1.2.3", "1 ", "1,5", "--1", "+-1", "1.5f"}) {
    EXPECT_FALSE(parse_number(text)) << text;
  }
  EXPECT_TRUE(is_beyond_limits(parse_number("1e999")));
}

TEST(ParseDuration, ReadsDigitsAndAUnit) {
  const std::pair<const char*, nanoseconds> cases[] = {{"250ms", 250ms}, {"10s", 10s},     {"5m", 5min},
                                                       {"1h", 1h},       {"100us", 100us}, {"7ns", 7ns},
                                                       {"0s", 0s},       {"010s", 10s}};
  for (const auto& [text, value] : cases) {
    EXPECT_EQ(parse_duration(text), (ParsedNumber<nanoseconds>{value, true})) << text;
  }
}

TEST(ParseDuration, RefusesTheRest) {
  for (const char* text :
       {"", "ms", "5", "-5ms", "+5ms", "1.5s", "5 s", "5S", "5sec", "1m30s", "1d", "5s ", "s5"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(ParseDuration, SaysWhenADurationDoesNotFit) {
  EXPECT_EQ(parse_duration("2562047h"), (ParsedNumber<nanoseconds>{2'562'047h, true}));
  EXPECT_TRUE(is_beyond_limits(parse_duration("2562048h")));
  EXPECT_TRUE(is_beyond_limits(parse_duration("99999999999999999999ms")));
}

}  // namespace
}  // namespace ergon::config
