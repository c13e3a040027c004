#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/options.hpp>

#include "config/read.hpp"

namespace ergon::config {
namespace {

using namespace std::chrono_literals;

enum class Color : std::uint8_t { red, dark_green };
constexpr auto ergon_describe(Tag<Color>) {
  return enumeration("", name("red", Color::red), name("dark_green", Color::dark_green));
}

struct Limited {
  double ratio{0.5};
  std::chrono::milliseconds wait{100};
  std::int64_t size{1};
  std::int64_t at_least{1};
  std::vector<std::string> names{"a"};
};
constexpr auto ergon_describe(Tag<Limited>) {
  return object("", field<&Limited::ratio>("ratio", "", {.minimum = 0, .maximum = 1}),
                field<&Limited::wait>("wait", "", {.minimum = 10ms, .maximum = 90s}),
                field<&Limited::size>("size", "", {.maximum = 1'000}),
                field<&Limited::at_least>("at_least", "", {.minimum = 1}),
                field<&Limited::names>("names", "", {.minimum = 1, .maximum = 3}));
}

struct Values {
  bool flag{false};
  std::int64_t whole{0};
  std::uint8_t small{0};
  double number{0};
  float rough{0};
  std::uint64_t big{0};
  std::string text{};
  std::chrono::milliseconds wait{0};
  std::chrono::seconds pause{0};
  std::chrono::microseconds tick{0};
  Color color{Color::red};
  ResourceValue attribute{};
  std::optional<std::int64_t> maybe{1};
  std::map<std::string, int> counts{};
  ERGON_OPTIONS(Values, flag, whole, small, number, rough, big, text, wait, pause, tick, color, attribute,
                maybe, counts);
};

Values read(const std::string& yaml) {
  Values values;
  for (const ConfigError& error : read_yaml(yaml, "f", values)) ADD_FAILURE() << error.message();
  return values;
}

// What is said of the first error, without its place.
template <class T = Values>
std::string refusal(const std::string& yaml) {
  T values;
  const ConfigErrors errors = read_yaml(yaml, "f", values);
  if (errors.empty()) return "accepted";
  const std::string message = errors.front().message();
  return message.substr(message.find(' ') + 1);
}

TEST(ReadScalars, BooleansAreTrueOrFalse) {
  EXPECT_TRUE(read("flag: true").flag);
  EXPECT_FALSE(read("flag: false").flag);
  EXPECT_EQ(refusal("flag: yes"), "flag: found yes; allowed: true or false");
  EXPECT_EQ(refusal("flag: on"), "flag: found on; allowed: true or false");
  EXPECT_EQ(refusal("flag: \"true\""), "flag: found \"true\"; allowed: true or false");
  EXPECT_EQ(refusal("flag: 1"), "flag: found 1; allowed: true or false");
  EXPECT_EQ(refusal("flag:"), "flag: found nothing; allowed: true or false");
}

TEST(ReadScalars, StringsAreTakenAsWritten) {
  EXPECT_EQ(read("text: yes").text, "yes");
  EXPECT_EQ(read("text: 1.10").text, "1.10");
  EXPECT_EQ(read("text: 007").text, "007");
  EXPECT_EQ(read("text: ''").text, "");
  EXPECT_EQ(read("text: 'null'").text, "null");
  EXPECT_EQ(read("text: |\n  a\n  b\n").text, "a\nb\n");
  EXPECT_EQ(refusal("text:"), "text: found nothing; allowed: a string");
  EXPECT_EQ(refusal("text: {}"), "text: found an empty map; allowed: a string");
  EXPECT_EQ(refusal("text: [a]"), "text: found a list; allowed: a string");
}

TEST(ReadScalars, WholeNumbersAreStrict) {
  EXPECT_EQ(read("whole: -17").whole, -17);
  EXPECT_EQ(read("small: 255").small, 255);
  EXPECT_EQ(refusal("whole: 1.5"), "whole: found 1.5; allowed: a whole number");
  EXPECT_EQ(refusal("whole: 10x"), "whole: found 10x; allowed: a whole number");
  EXPECT_EQ(refusal("whole: 010"), "whole: found 010; allowed: a whole number");
  EXPECT_EQ(refusal("whole: 0x10"), "whole: found 0x10; allowed: a whole number");
  EXPECT_EQ(refusal("whole: \"5\""), "whole: found \"5\"; allowed: a whole number");
  EXPECT_EQ(refusal("whole: 9223372036854775808"),
            "whole: found 9223372036854775808; allowed: a whole number (numbers in 64 bits)");
  EXPECT_EQ(read("big: 9223372036854775807").big, 9223372036854775807U);
  EXPECT_EQ(
      refusal("big: 9223372036854775808"),
      "big: found 9223372036854775808; allowed: a whole number from 0 to 9.223372036854776e+18 (numbers "
      "in 64 bits)");
  EXPECT_EQ(refusal("small: 256"), "small: found 256; allowed: a whole number from 0 to 255");
  EXPECT_EQ(refusal("small: -1"), "small: found -1; allowed: a whole number from 0 to 255");
}

TEST(ReadScalars, NumbersAreFinite) {
  EXPECT_EQ(read("number: 5").number, 5);
  EXPECT_EQ(read("number: -2.5e-1").number, -0.25);
  EXPECT_EQ(refusal("number: .inf"), "number: found .inf; allowed: a number");
  EXPECT_EQ(refusal("number: .nan"), "number: found .nan; allowed: a number");
  EXPECT_EQ(refusal("number: 1e999"), "number: found 1e999; allowed: a number (numbers in 64 bits)");
  EXPECT_EQ(read("rough: 3.4e38").rough, 3.4e38F);
  EXPECT_EQ(refusal("rough: -3.5e38"), "rough: found -3.5e38; allowed: a number (numbers in 32 bits)");
  EXPECT_EQ(refusal("rough: 1e999"), "rough: found 1e999; allowed: a number (numbers in 32 bits)");
  EXPECT_EQ(refusal("number: '1'"), "number: found \"1\"; allowed: a number");
}

TEST(ReadScalars, DurationsHaveAUnitOrAreMilliseconds) {
  EXPECT_EQ(read("wait: 250ms").wait, 250ms);
  EXPECT_EQ(read("wait: '10s'").wait, 10s);
  EXPECT_EQ(read("wait: 5m").wait, 5min);
  EXPECT_EQ(read("wait: 1h").wait, 1h);
  EXPECT_EQ(read("wait: 250").wait, 250ms);
  EXPECT_EQ(read("wait: 3000us").wait, 3ms);
  EXPECT_EQ(read("tick: 100us").tick, 100us);
  EXPECT_EQ(read("pause: 2000").pause, 2s);
  const std::string allowed = "; allowed: a duration, such as 250ms, 10s, 5m or 1h";
  for (const char* text : {"-5ms", "1.5s", "5 s", "5sec", "soon", "-5", "1.5", "010"}) {
    EXPECT_EQ(refusal(std::string("wait: ") + text), std::string("wait: found ") + text + allowed);
  }
  EXPECT_EQ(refusal("wait: '250'"), "wait: found \"250\"" + allowed);
  EXPECT_EQ(refusal("wait: 100us"), "wait: found 100us" + allowed + ", in steps of 1ms");
  EXPECT_EQ(refusal("pause: 1500"), "pause: found 1500" + allowed + ", in steps of 1s");
  EXPECT_EQ(refusal("wait: 2562048h"), "wait: found 2562048h" + allowed + ", below 292 years");
}

TEST(ReadScalars, EnumerationsGoByName) {
  EXPECT_EQ(read("color: dark_green").color, Color::dark_green);
  EXPECT_EQ(read("color: 'red'").color, Color::red);
  EXPECT_EQ(refusal("color: Red"), "color: found Red; allowed: one of red, dark_green (did you mean red?)");
  EXPECT_EQ(refusal("color: dark-green"),
            "color: found dark-green; allowed: one of red, dark_green (did you mean dark_green?)");
  EXPECT_EQ(refusal("color: 0"), "color: found 0; allowed: one of red, dark_green");
}

TEST(ReadScalars, AttributesKeepTheTypeTheyAreWrittenIn) {
  EXPECT_EQ(read("attribute: text").attribute, ResourceValue("text"));
  EXPECT_EQ(read("attribute: 'true'").attribute, ResourceValue("true"));
  EXPECT_EQ(read("attribute: true").attribute, ResourceValue(true));
  EXPECT_EQ(read("attribute: 3").attribute, ResourceValue(std::int64_t{3}));
  EXPECT_EQ(read("attribute: 1.10").attribute, ResourceValue(1.1));
  EXPECT_EQ(read("attribute: '1.10'").attribute, ResourceValue("1.10"));
  EXPECT_EQ(read("attribute: yes").attribute, ResourceValue("yes"));
  EXPECT_EQ(read("attribute: [a, 1]").attribute, ResourceValue(std::vector<std::string>{"a", "1"}));
  const std::string allowed = "; allowed: a string, a boolean, a number or a list of strings";
  EXPECT_EQ(refusal("attribute: {a: b}"), "attribute: found a map" + allowed);
  EXPECT_EQ(refusal("attribute:"), "attribute: found nothing" + allowed);
  EXPECT_EQ(refusal("attribute: 99999999999999999999"),
            "attribute: found 99999999999999999999" + allowed + " (numbers in 64 bits)");
  EXPECT_EQ(refusal("attribute: [a, [b]]"), "attribute[1]: found a list; allowed: a string");
}

// As a number, an article's or a customer's would lose its zeros.
TEST(ReadScalars, AttributesAreNoNumbersWithLeadingZeros) {
  for (const char* text : {"00123", "00", "-01", "+01", "01.5", "00e1"}) {
    EXPECT_EQ(
        refusal(std::string("attribute: ") + text),
        std::string("attribute: found ") + text +
            "; allowed: a string, a boolean, a number or a list of strings (with leading zeros: in quotes)");
  }
  EXPECT_EQ(read("attribute: '00123'").attribute, ResourceValue("00123"));
  EXPECT_EQ(read("attribute: 00:12").attribute, ResourceValue("00:12"));
  EXPECT_EQ(read("attribute: 0").attribute, ResourceValue(std::int64_t{0}));
  EXPECT_EQ(read("attribute: -0.5").attribute, ResourceValue(-0.5));
  EXPECT_EQ(read("attribute: 0e1").attribute, ResourceValue(0.0));
}

TEST(ReadScalars, AnOptionalScalarMayBeTakenAway) {
  EXPECT_EQ(read("maybe: 5").maybe, 5);
  EXPECT_EQ(read("maybe:").maybe, std::nullopt);
  EXPECT_EQ(read("{}").maybe, 1);
  EXPECT_EQ(refusal("maybe: x"), "maybe: found x; allowed: a whole number");
}

TEST(ReadScalars, LimitsBelongToTheField) {
  EXPECT_EQ(refusal<Limited>("{ratio: 0, wait: 10ms, size: -5, at_least: 1, names: [a, b, c]}"), "accepted");
  EXPECT_EQ(refusal<Limited>("{ratio: 1, wait: 90s, size: 1000}"), "accepted");
  EXPECT_EQ(refusal<Limited>("ratio: 1.01"), "ratio: found 1.01; allowed: a number from 0 to 1");
  EXPECT_EQ(refusal<Limited>("ratio: -0.1"), "ratio: found -0.1; allowed: a number from 0 to 1");
  EXPECT_EQ(refusal<Limited>("wait: 9ms"),
            "wait: found 9ms; allowed: a duration from 10ms to 90s, such as 250ms, 10s, 5m or 1h");
  EXPECT_EQ(refusal<Limited>("size: 1001"), "size: found 1001; allowed: a whole number of at most 1000");
  EXPECT_EQ(refusal<Limited>("at_least: 0"), "at_least: found 0; allowed: a whole number of 1 or more");
  EXPECT_EQ(refusal<Limited>("names: []"), "names: found an empty list; allowed: a list of 1 to 3 entries");
  EXPECT_EQ(refusal<Limited>("names: [a, b, c, d]"),
            "names: found 4 entries; allowed: a list of 1 to 3 entries");
}

}  // namespace
}  // namespace ergon::config
