#include <gtest/gtest.h>

#include <string>

#include "conformance/propagation/headers.hpp"

// W3C trace-context level 2, section 3.3: tracestate.
namespace ergon::test {
namespace {

std::string header_of(std::string_view header) { return std::string(TraceState::parse(header).to_header()); }

std::string members(int count, const std::string& value = "1") {
  std::string header;
  for (int i = 0; i < count; ++i) header += (i > 0 ? ",k" : "k") + std::to_string(i) + "=" + value;
  return header;
}

// 3.3.1.1 list: members in order, white space around them
TEST(Tracestate, KeepsItsMembersInOrder) {
  EXPECT_EQ(header_of("foo=1,bar=2"), "foo=1,bar=2");
  EXPECT_EQ(header_of("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_EQ(header_of("foo=1 \t , \t bar=2"), "foo=1,bar=2");
  EXPECT_EQ(header_of(" foo=1\t"), "foo=1");
}

TEST(Tracestate, MayHaveEmptyMembers) {
  EXPECT_EQ(header_of("foo=1,"), "foo=1");
  EXPECT_EQ(header_of(",foo=1, ,\t,bar=2"), "foo=1,bar=2");
  EXPECT_TRUE(TraceState::parse("").is_empty());
  EXPECT_TRUE(TraceState::parse(" , ,").is_empty());
}

TEST(Tracestate, OfSeveralHeadersIsOne) {
  const SpanContext context = span_in({{"traceparent", std::string(kTraceparent)},
                                       {"tracestate", "foo=1"},
                                       {"tracestate", ""},
                                       {"TraceState", "bar=2"}});
  EXPECT_EQ(context.trace_state.to_header(), "foo=1,bar=2");
}

// 3.3.1.2 list-members: at most 32
TEST(Tracestate, HasAtMost32Members) {
  EXPECT_EQ(TraceState::parse(members(32)).size(), 32U);
  EXPECT_TRUE(TraceState::parse(members(33)).is_empty());
  EXPECT_EQ(TraceState::parse(members(32) + ",,").size(), 32U) << "empty ones are none";
}

TEST(Tracestate, HasEachKeyOnce) {
  const TraceState state = TraceState::parse("foo=1,bar=2,foo=3");
  EXPECT_EQ(state.get("foo"), "1");
  EXPECT_EQ(state.to_header(), "foo=1,bar=2");
}

// 3.3.1.3.1 key
TEST(TracestateKey, IsOfLowerCaseLettersDigitsAndFiveMarks) {
  for (const char* key : {"a", "0", "0a", "foo", "foo-_*/bar", "foo@bar", "fw529a3039@dt", "1@a-_*/2", "a@",
                          "a@b@c", "tenant/x*y_z-1@v"})
    EXPECT_EQ(TraceState::parse(std::string(key) + "=1").get(key), "1") << key;
  for (const char* key : {"", "A", "fOO", "_a", "-a", "*a", "/a", "@a", "foo ", " foo bar", "foo.bar",
                          "foo\t", "f\xC3\xA9", "foo;bar"})
    EXPECT_TRUE(TraceState::parse(std::string(key) + "=1").is_empty()) << key;
}

TEST(TracestateKey, IsOfAtMost256Characters) {
  const std::string longest = "a" + std::string(255, '0');
  EXPECT_EQ(TraceState::parse(longest + "=1").get(longest), "1");
  EXPECT_TRUE(TraceState::parse(longest + "0=1").is_empty());
}

// 3.3.1.3.2 value
TEST(TracestateValue, IsOfPrintableCharacters) {
  std::string all;
  for (char c = ' '; c <= '~'; ++c) {
    if (c != ',' && c != '=') all += c;
  }
  EXPECT_EQ(TraceState::parse("k=" + all).get("k"), all) << "a space may lead";
  for (const char* value : {"", " ", "\t", "a\tb", "a=b", "a\x7F", "a\x1F", "\xC3\xA9"})
    EXPECT_TRUE(TraceState::parse(std::string("k=") + value).is_empty()) << value;
  EXPECT_TRUE(TraceState::parse(std::string("k=a\0b", 5)).is_empty());
  EXPECT_TRUE(TraceState::parse("foo").is_empty());
  EXPECT_TRUE(TraceState::parse("foo=1,bar").is_empty()) << "one bad member spoils the whole";
}

TEST(TracestateValue, IsOfAtMost256Characters) {
  const std::string longest(256, 'v');
  EXPECT_EQ(TraceState::parse("k=" + longest).get("k"), longest);
  EXPECT_TRUE(TraceState::parse("k=" + longest + "v").is_empty());
}

// 3.3.1.5 limits
TEST(TracestateLimits, AtLeast512CharactersArePropagated) {
  std::string header = members(31, "0123456789");
  header += ",last=" + std::string(512 - header.size() - 6, 'x');
  ASSERT_EQ(header.size(), 512U);
  EXPECT_EQ(header_of(header), header);
}

TEST(TracestateLimits, LargeMembersGoFirstThenThoseAtTheEnd) {
  const std::string large = "large=" + std::string(200, 'l');
  const std::string header = "first=1," + large + "," + members(24, std::string(30, 'v'));
  ASSERT_GT(header.size(), TraceState::kMostCharacters);
  ASSERT_LT(header.size() - large.size() - 1, TraceState::kMostCharacters);
  EXPECT_EQ(header_of(header), "first=1," + members(24, std::string(30, 'v')));
  const std::string many = members(30, std::string(100, 'v'));  // none of them above 128
  const TraceState state = TraceState::parse(many);
  EXPECT_LE(state.to_header().size(), TraceState::kMostCharacters);
  EXPECT_TRUE(many.starts_with(std::string(state.to_header()) + ","));
  EXPECT_EQ(state.size(), 9U) << "as many whole ones as fit";
}

TEST(TracestateLimits, NoLargeMemberGoesWhereAllFits) {
  const std::string header = "a=" + std::string(200, 'v') + ",b=" + std::string(200, 'v');
  EXPECT_EQ(header_of(header), header);
}

// 3.5 mutating the tracestate field
TEST(TracestateMutation, MovesAChangedKeyToTheLeft) {
  const TraceState state = TraceState::parse("foo=1,bar=2,baz=3");
  EXPECT_EQ(state.set("baz", "4").to_header(), "baz=4,foo=1,bar=2");
  EXPECT_EQ(state.set("new", "5").to_header(), "new=5,foo=1,bar=2,baz=3");
  EXPECT_EQ(state.to_header(), "foo=1,bar=2,baz=3") << "unchanged itself";
  EXPECT_EQ(TraceState().set("a", "1").to_header(), "a=1");
}

TEST(TracestateMutation, DropsTheLastOf33) {
  const TraceState state = TraceState::parse(members(32)).set("new", "1");
  EXPECT_EQ(state.to_header(), "new=1," + members(31));
  EXPECT_EQ(state.set("k0", "2").size(), 32U);
}

TEST(TracestateMutation, NeverDropsWhatWasJustSet) {
  const std::string key = "a" + std::string(255, '0');
  const std::string value(256, 'v');
  const TraceState state = TraceState::parse(members(9, std::string(100, 'v'))).set(key, value);
  EXPECT_EQ(state.get(key), value);
  EXPECT_LE(state.to_header().size(), TraceState::kMostCharacters);
  EXPECT_EQ(state.get("k0"), std::string(100, 'v'));
}

TEST(TracestateMutation, RefusesWhatBreaksTheGrammar) {
  const TraceState state = TraceState::parse("foo=1");
  EXPECT_EQ(state.set("Foo", "2"), state);
  EXPECT_EQ(state.set("", "2"), state);
  EXPECT_EQ(state.set("foo", ""), state);
  EXPECT_EQ(state.set("foo", "a,b=c"), state);
  EXPECT_EQ(state.set("foo", "a\r\nx: y"), state);
}

TEST(TracestateMutation, Erases) {
  const TraceState state = TraceState::parse("foo=1,bar=2");
  EXPECT_EQ(state.erase("foo").to_header(), "bar=2");
  EXPECT_EQ(state.erase("baz"), state);
  EXPECT_TRUE(state.erase("foo").erase("bar").is_empty());
  EXPECT_TRUE(TraceState().erase("foo").is_empty());
}

TEST(Tracestate, GetsWholeKeysOnly) {
  const TraceState state = TraceState::parse("foobar=1,bar=2");
  EXPECT_EQ(state.get("foo"), "");
  EXPECT_EQ(state.get("bar"), "2");
  EXPECT_EQ(TraceState().get("foo"), "");
}

TEST(Tracestate, ThatIsImmortalIsLikeAnyOther) {
  static const TraceState kGiven = TraceState::immortal("ot=th:8");
  {
    const TraceState copy = kGiven;
    EXPECT_EQ(copy, TraceState::parse("ot=th:8"));
    EXPECT_EQ(copy.to_header().data(), kGiven.to_header().data()) << "shared";
    EXPECT_EQ(copy.set("ot", "th:c").to_header(), "ot=th:c");
  }
  EXPECT_EQ(TraceState::immortal("ot=th:8").to_header().data(), kGiven.to_header().data()) << "made once";
  EXPECT_EQ(kGiven.get("ot"), "th:8");
}

TEST(Tracestate, IsWrittenBesideTheTraceparent) {
  const auto headers =
      inject_by("tracecontext", extract_by("tracecontext", {{"traceparent", std::string(kTraceparent)},
                                                            {"tracestate", "foo=1 , bar=2"}}));
  EXPECT_EQ(headers.at("tracestate"), "foo=1,bar=2");
}

}  // namespace
}  // namespace ergon::test
