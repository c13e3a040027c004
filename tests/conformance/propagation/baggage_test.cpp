#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "conformance/propagation/headers.hpp"

// W3C baggage (section 3), and specification: baggage/api.md.
namespace ergon::test {
namespace {

std::string encoded(std::string_view value) { return Baggage().set("k", value).to_header(); }
std::string decoded(const std::string& value) { return std::string(Baggage::parse("k=" + value).get("k")); }

// api.md#operations
TEST(BaggageApi, IsChangedByMakingAnother) {
  const Baggage empty;
  const Baggage one = empty.set("user", "u-1").set("tenant", "acme", "public;ttl=3");
  EXPECT_TRUE(empty.is_empty());
  EXPECT_EQ(one.size(), 2U);
  EXPECT_EQ(one.get("user"), "u-1");
  EXPECT_EQ(one.find("tenant")->metadata, "public;ttl=3");
  EXPECT_EQ(one.find("Tenant"), nullptr) << "names are case-sensitive";
  const Baggage two = one.set("user", "u-2");
  EXPECT_EQ(two.get("user"), "u-2");
  EXPECT_EQ(one.get("user"), "u-1");
  EXPECT_EQ(two.begin()->name, "user") << "in its old place";
  EXPECT_EQ(two.remove("user").remove("none").to_header(), "tenant=acme;public;ttl=3");
  EXPECT_TRUE(two.remove("user").remove("tenant").is_empty());
  EXPECT_EQ(two, Baggage().set("user", "u-2").set("tenant", "acme", "public;ttl=3"));
  EXPECT_NE(two, one);
}

// api.md#set-value: any name that is not empty; W3C headers take tokens
TEST(BaggageApi, TakesNamesThatHeadersDoNot) {
  const Baggage baggage = Baggage().set("", "no").set("zwei Wörter", "2").set("ok", "1");
  EXPECT_EQ(baggage.size(), 2U);
  EXPECT_EQ(baggage.get("zwei Wörter"), "2");
  EXPECT_EQ(baggage.to_header(), "ok=1");
}

// 3.2.1 definition: white space, properties
TEST(BaggageHeader, IsReadWithWhiteSpaceAndProperties) {
  const Baggage baggage =
      Baggage::parse("SomeKey = SomeValue ; SomeProp \t , \t SomeKey2=SomeValue2;a= 1 ;b;c=x=y,k3=");
  ASSERT_EQ(baggage.size(), 3U);
  EXPECT_EQ(baggage.get("SomeKey"), "SomeValue");
  EXPECT_EQ(baggage.find("SomeKey")->metadata, "SomeProp");
  EXPECT_EQ(baggage.find("SomeKey2")->metadata, "a=1;b;c=x=y");
  EXPECT_NE(baggage.find("k3"), nullptr);
  EXPECT_EQ(baggage.get("k3"), "");
  EXPECT_EQ(baggage.to_header(), "SomeKey=SomeValue;SomeProp,SomeKey2=SomeValue2;a=1;b;c=x=y,k3=");
}

TEST(BaggageHeader, OfSeveralLinesIsOne) {
  const Context context = extract_by("baggage", {{"baggage", "a=1"}, {"Baggage", "b=2,a=3"}});
  EXPECT_EQ(context.baggage().get("a"), "3") << "of a repeated name the last counts";
  EXPECT_EQ(context.baggage().get("b"), "2");
}

TEST(BaggageHeader, LosesOnlyMembersThatBreakTheGrammar) {
  EXPECT_EQ(Baggage::parse("a=1,no,=2,b c=3,d=4;e f,g=\"h\",i=j k,l=m\\n,,o=5").to_header(), "a=1,o=5");
  EXPECT_TRUE(Baggage::parse("").is_empty());
  EXPECT_TRUE(Baggage::parse(",;=,").is_empty());
  EXPECT_TRUE(Baggage::parse("\xC3\xA9=1").is_empty());
}

// 3.2.1.1 key
TEST(BaggageKey, IsAToken) {
  const std::string all = "!#$%&'*+-.^_`|~09azAZ";
  EXPECT_EQ(Baggage::parse(all + "=1").get(all), "1") << "never decoded";
  for (const char wrong : std::string("\"(),/:;<=>?@[\\]{} \t\x7F\x01"))
    EXPECT_EQ(Baggage().set(std::string("k") + wrong, "1").to_header(), "") << wrong;
}

// 3.2.1.2 value: 21, 23-2B, 2D-3A, 3C-5B, 5D-7E as they are, but for the percent sign
TEST(BaggageValue, IsPercentEncodedOutsideOfItsCharacters) {
  for (int c = 0; c < 0x80; ++c) {
    const bool plain = c == 0x21 || (c >= 0x23 && c <= 0x2B && c != 0x25) || (c >= 0x2D && c <= 0x3A) ||
                       (c >= 0x3C && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
    char escape[8];
    std::snprintf(escape, sizeof escape, "%%%02X", static_cast<unsigned>(c));
    const std::string value(1, static_cast<char>(c));
    EXPECT_EQ(encoded(value), plain ? "k=" + value : std::string("k=") + escape) << c;
    EXPECT_EQ(decoded(escape), value) << c;
  }
  EXPECT_EQ(encoded("Amélie"), "k=Am%C3%A9lie");
  EXPECT_EQ(decoded("Am%C3%A9lie"), "Amélie");
  EXPECT_EQ(decoded("am%c3%a9"), "amé") << "digits in either case";
  EXPECT_EQ(decoded("a+b"), "a+b") << "a plus is a plus";
}

TEST(BaggageValue, ThatIsNotUtf8IsRepaired) {
  EXPECT_EQ(decoded("a%FFb"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(decoded("%C3"), "\xEF\xBF\xBD");
  EXPECT_EQ(Baggage().set("k", "a\xFF").get("k"), "a\xEF\xBF\xBD");
}

TEST(BaggageValue, KeepsAPercentThatEncodesNothing) {
  EXPECT_EQ(decoded("100%"), "100%");
  EXPECT_EQ(decoded("%zz%4"), "%zz%4");
  EXPECT_EQ(encoded(decoded("100%")), "k=100%25");
}

TEST(BaggageMetadata, ThatAreNoPropertiesAreLeftOut) {
  for (const char* metadata : {"a,b", "a\r\nEvil: header", "a b", "a=\"b\"", "=1", "\xC3\xA9"})
    EXPECT_EQ(Baggage().set("k", "v", metadata).to_header(), "k=v") << metadata;
  EXPECT_EQ(Baggage().set("k", "v", " ; a = 1 ;; b ").to_header(), "k=v;a=1;b");
}

// 3.3.2 limits: all of at most 64 members and 8,192 characters, never a part of one
TEST(BaggageLimits, SixtyFourMembersArePropagated) {
  Baggage baggage;
  for (int i = 0; i < 70; ++i) baggage = baggage.set("k" + std::to_string(i), "v");
  EXPECT_EQ(baggage.size(), 70U) << "within the process there are more";
  const Baggage arrived = Baggage::parse(baggage.to_header());
  EXPECT_EQ(arrived.size(), 64U);
  EXPECT_EQ(arrived.get("k63"), "v");
  EXPECT_EQ(arrived.find("k64"), nullptr);
  std::string header = "k0=v";
  for (int i = 1; i < 70; ++i) header += ",k" + std::to_string(i) + "=v";
  EXPECT_EQ(Baggage::parse(header).size(), 64U);
}

TEST(BaggageLimits, EightKilobytesArePropagated) {
  const std::string half(4'093, 'v');
  const Baggage full = Baggage().set("a", half).set("b", half + "v");
  ASSERT_EQ(full.to_header().size(), 8'192U);
  EXPECT_EQ(Baggage::parse(full.to_header()), full);
  const Baggage more = Baggage().set("a", half).set("b", half + "vv").set("c", "1");
  EXPECT_EQ(more.to_header(), "a=" + half + ",c=1") << "no part of a member, but those that fit";
  EXPECT_EQ(Baggage::parse("a=" + half + ",b=" + half + "vv").to_header(), "a=" + half);
}

TEST(BaggagePropagation, IsWrittenAndReadAgain) {
  const Baggage baggage = Baggage().set("user", "Amélie, \"A\"", "ttl=3").set("empty", "");
  const auto headers = inject_by("baggage", Context().with_baggage(baggage));
  EXPECT_EQ(headers.at("baggage"), "user=Am%C3%A9lie%2C%20%22A%22;ttl=3,empty=");
  EXPECT_EQ(extract_by("baggage", {{"baggage", headers.at("baggage")}}).baggage(), baggage);
}

TEST(BaggagePropagation, WritesNothingWithoutAny) {
  EXPECT_TRUE(inject_by("baggage", Context()).empty());
  EXPECT_TRUE(inject_by("baggage", Context().with_baggage(Baggage().set("no token", "1"))).empty());
}

// context/api-propagators.md#extract: what can't be read leaves the context as it is
TEST(BaggagePropagation, LeavesTheContextAloneWithoutAHeader) {
  const Context context = Context().with_baggage(Baggage().set("kept", "1"));
  EXPECT_EQ(extract_by("baggage", {{"other", "a=1"}}, context).baggage().get("kept"), "1");
  EXPECT_EQ(extract_by("baggage", {{"baggage", "no"}}, context).baggage().get("kept"), "1");
}

}  // namespace
}  // namespace ergon::test
