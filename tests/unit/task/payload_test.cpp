#include <ergon/task/payload.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ergon/task/errors.hpp>

namespace shop {

enum class Priority : std::uint8_t { low, high };
constexpr auto ergon_describe(ergon::config::Tag<Priority>) {
  using namespace ergon::config;
  return enumeration("", name("low", Priority::low), name("high", Priority::high));
}

struct Address {
  std::string city;
  std::optional<std::string> zip;
};
ERGON_PAYLOAD(Address, city, zip)

struct Everything {
  bool flag;
  std::int8_t tiny;
  std::uint64_t big;
  double amount;
  float rough;
  std::string text;
  Priority priority;
  std::optional<int> maybe;
  std::vector<Address> addresses;
  std::map<std::string, double> rates;
};
ERGON_PAYLOAD(Everything, flag, tiny, big, amount, rough, text, priority, maybe, addresses, rates)

struct Defaulted {
  std::map<std::string, int> counts{{"default", 1}};
  std::vector<int> list{1};
};
ERGON_PAYLOAD(Defaulted, counts, list)

struct Timed {
  std::chrono::milliseconds wait;
};
ERGON_PAYLOAD(Timed, wait)

struct Tree {
  std::vector<Tree> branches;
};
ERGON_PAYLOAD(Tree, branches)

}  // namespace shop

namespace ergon {
namespace {

using shop::Everything;

const std::string kEverything =
    R"({"flag":true,"tiny":-128,"big":18446744073709551615,"amount":12.5,"rough":-0.25,"text":"né","priority":"high",)"
    R"("addresses":[{"city":"Ghent"},{"city":"Rome","zip":"00118"}],"rates":{"EUR":1.0,"USD":1.1}})";

template <class T>
std::string reason_of(const std::string& json) {
  try {
    static_cast<void>(from_json<T>(json));
  } catch (const DecodeError& error) {
    return error.what();
  }
  return "none";
}

// `kEverything` with one member's value replaced.
std::string reason_with(const std::string& from, const std::string& to) {
  std::string json = kEverything;
  const auto at = json.find(from);
  EXPECT_NE(at, std::string::npos);
  return reason_of<Everything>(json.replace(at, from.size(), to));
}

TEST(Payload, ReadsEveryKindOfMember) {
  const auto value = from_json<Everything>(kEverything);
  EXPECT_TRUE(value.flag);
  EXPECT_EQ(value.tiny, -128);
  EXPECT_EQ(value.big, UINT64_MAX);
  EXPECT_EQ(value.amount, 12.5);
  EXPECT_EQ(value.rough, -0.25F);
  EXPECT_EQ(value.text, "né");
  EXPECT_EQ(value.priority, shop::Priority::high);
  EXPECT_EQ(value.maybe, std::nullopt);
  ASSERT_EQ(value.addresses.size(), 2U);
  EXPECT_EQ(value.addresses[1].zip, "00118");
  EXPECT_EQ(value.rates.at("USD"), 1.1);
}

TEST(Payload, WritesWhatItReads) { EXPECT_EQ(to_json(from_json<Everything>(kEverything)), kEverything); }

TEST(Payload, WritesWhatJsonCanNotHoldAsNull) {
  EXPECT_EQ(to_json(std::vector<double>{std::nan(""), std::numeric_limits<double>::infinity()}),
            "[null,null]");
  EXPECT_EQ(to_json(std::string("a\xff")), "\"a\xEF\xBF\xBD\"");
}

TEST(Payload, IgnoresUnknownMembers) {
  EXPECT_EQ(from_json<shop::Address>(R"({"city":"Ghent","country":{"code":["BE"]}})").city, "Ghent");
}

TEST(Payload, TakesNullForAnAbsentOptional) {
  EXPECT_EQ(from_json<shop::Address>(R"({"city":"Ghent","zip":null})").zip, std::nullopt);
}

TEST(Payload, NamesTheMissingMember) {
  EXPECT_EQ(reason_of<shop::Address>("{}"), "member 'city' is missing");
  EXPECT_EQ(reason_with(R"({"city":"Rome",)", "{"), "member 'addresses[1].city' is missing");
}

TEST(Payload, NamesWhatIsOfTheWrongType) {
  EXPECT_EQ(reason_of<shop::Address>("[]"), "expected an object, found array");
  EXPECT_EQ(reason_with("true", "1"), "member 'flag': expected true or false, found number");
  EXPECT_EQ(reason_with("-128", "1.5"), "member 'tiny': expected a whole number, found number");
  EXPECT_EQ(reason_with("12.5", "\"12.5\""), "member 'amount': expected a number, found string");
  EXPECT_EQ(reason_with("\"né\"", "null"), "member 'text': expected a string, found null");
  EXPECT_EQ(reason_with("\"00118\"", "118"), "member 'addresses[1].zip': expected a string, found number");
  EXPECT_EQ(reason_with("1.1", "{}"), "member 'rates.USD': expected a number, found object");
  EXPECT_EQ(reason_with("\"high\"", "\"higher\""), "member 'priority': expected one of low, high");
}

TEST(Payload, HasOnlyWhatTheTextSays) {
  const auto value = from_json<shop::Defaulted>(R"({"counts":{"a":2},"list":[3]})");
  EXPECT_EQ(value.counts, (std::map<std::string, int>{{"a", 2}}));
  EXPECT_EQ(value.list, std::vector<int>{3});
}

TEST(Payload, ChecksTheRangeOfNumbers) {
  EXPECT_EQ(reason_with("-128", "-129"),
            "member 'tiny': expected a whole number from -128 to 127, found -129");
  EXPECT_EQ(reason_with("18446744073709551615", "-1"),
            "member 'big': expected a whole number from 0 to 18446744073709551615, found -1");
  EXPECT_EQ(reason_of<std::vector<std::int64_t>>("[9223372036854775808]"),
            "member '[0]': expected a whole number from -9223372036854775808 to 9223372036854775807, found "
            "9223372036854775808");
  EXPECT_EQ(reason_of<std::vector<std::uint64_t>>("[18446744073709551616]"),
            "member '[0]': expected a whole number, found number");
  EXPECT_EQ(reason_with("-0.25", "-1e39"), "member 'rough': expected a number in 32 bits, found -1e+39");
}

TEST(Payload, SaysWhereTextIsNoJson) {
  EXPECT_EQ(
      reason_of<shop::Address>(""),
      "not JSON, at byte 1: syntax error while parsing value - unexpected end of input; expected '[', '{', "
      "or a literal");
  EXPECT_TRUE(reason_of<shop::Address>("{\"city\": x}").starts_with("not JSON, at byte 10: "));
  EXPECT_TRUE(reason_of<shop::Address>("{\"city\": \"\xff\"}").starts_with("not JSON, at byte "));
  EXPECT_TRUE(reason_of<std::vector<double>>("[1e999]").starts_with("not JSON: "));
}

TEST(Payload, BoundsTheReason) {
  EXPECT_LT(reason_of<shop::Address>("{\"" + std::string(1 << 20, 'a')).size(), 300U);
}

TEST(Payload, BoundsThePath) {
  const std::map<std::string, bool> one{{std::string(999, 'k'), true}};
  const std::string reason = reason_of<std::map<std::string, int>>(to_json(one));
  EXPECT_TRUE(reason.starts_with("member 'kkk")) << reason;
  EXPECT_TRUE(reason.ends_with("kkk…': expected a whole number, found boolean")) << reason;
  EXPECT_LT(reason.size(), 250U);
}

TEST(Payload, RefusesDeepNesting) {
  const std::string open(100'000, '[');
  EXPECT_EQ(reason_of<shop::Address>(open), "JSON nested deeper than 64 levels");
  std::string tree = "{\"branches\":[]}";
  for (int level = 0; level < 31; ++level) tree = "{\"branches\":[" + tree + "]}";
  EXPECT_EQ(reason_of<shop::Tree>(tree), "none");
  EXPECT_EQ(reason_of<shop::Tree>("{\"branches\":[" + tree + "]}"), "JSON nested deeper than 64 levels");
}

TEST(Payload, DoesNotCountBracketsInStrings) {
  const std::string brackets(100, '[');
  EXPECT_EQ(from_json<std::vector<std::string>>(R"([")" + brackets + R"(","\"{"])"),
            (std::vector<std::string>{brackets, "\"{"}));
}

TEST(Payload, RefusesMembersOfOtherTypes) {
  EXPECT_EQ(reason_of<shop::Timed>("{\"wait\": 1}"),
            "member 'wait': is of a C++ type that payloads can't have");
}

// Cut off anywhere, and with any byte replaced, it decodes or throws DecodeError: nothing else, and no crash.
TEST(Payload, SurvivesDamagedText) {
  for (std::size_t size = 0; size < kEverything.size(); ++size) {
    EXPECT_NE(reason_of<Everything>(kEverything.substr(0, size)), "none") << size;
  }
  for (std::size_t at = 0; at < kEverything.size(); ++at) {
    for (const char byte : {'\0', '"', '\\', '{', ']', ',', '9', '\xff'}) {
      std::string json = kEverything;
      json[at] = byte;
      static_cast<void>(reason_of<Everything>(json));
    }
  }
}

}  // namespace
}  // namespace ergon
