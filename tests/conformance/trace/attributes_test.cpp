#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "conformance/trace/recorded.hpp"

// common/README.md: the kinds of an attribute's value, and one value a key.
namespace ergon::test {
namespace {

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("conformance.attributes");
  return kTracer;
}

TEST(AnyValue, HasEveryKindOfScalar) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s");
    span.set_attribute("text", "a");
    span.set_attribute("yes", true);
    span.set_attribute("integer", std::numeric_limits<std::int64_t>::min());
    span.set_attribute("floating", -0.5);
    span.set_attribute("empty", AttributeValue());
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(value_of(span.attributes(), "text").string_value(), "a");
  EXPECT_TRUE(value_of(span.attributes(), "yes").bool_value());
  EXPECT_EQ(value_of(span.attributes(), "integer").int_value(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(value_of(span.attributes(), "floating").double_value(), -0.5);
  EXPECT_EQ(value_of(span.attributes(), "empty").value_case(), AnyValue::VALUE_NOT_SET);
}

// "Values that are empty are meaningful": they are kept, and told apart from none.
TEST(AnyValue, KeepsWhatIsEmpty) {
  MemorySession session;
  const std::vector<int> nothing;
  const std::vector<std::byte> no_bytes;
  const std::map<std::string, int> no_entries;
  {
    auto span = tracer().scoped_span("s");
    span.set_attribute("text", "");
    span.set_attribute("zero", 0);
    span.set_attribute("array", nothing);
    span.set_attribute("map", no_entries);
    span.set_attribute("bytes", no_bytes);
  }
  const ProtoSpan span = only_span(session);
  EXPECT_TRUE(value_of(span.attributes(), "text").has_string_value());
  EXPECT_TRUE(value_of(span.attributes(), "zero").has_int_value());
  EXPECT_TRUE(value_of(span.attributes(), "array").has_array_value());
  EXPECT_TRUE(value_of(span.attributes(), "map").has_kvlist_value());
  EXPECT_TRUE(value_of(span.attributes(), "bytes").has_bytes_value());
}

TEST(AnyValue, HasBytesWhichAreNoText) {
  MemorySession session;
  const std::array<std::byte, 4> raw{std::byte{0}, std::byte{0xFF}, std::byte{0xC3}, std::byte{0x28}};
  const std::vector<std::byte> large(100'000, std::byte{0xEE});
  const std::map<std::string, std::vector<std::byte>> inside{{"raw", {raw.begin(), raw.end()}}};
  {
    auto span = tracer().scoped_span("s", {{"array", raw}});
    span.set_attribute("span", std::span<const std::byte>(raw).subspan(1));
    span.set_attribute("large", large);
    span.set_attribute("inside", inside);
  }
  const ProtoSpan span = only_span(session);
  const std::string expected("\0\xFF\xC3\x28", 4);
  EXPECT_EQ(value_of(span.attributes(), "array").bytes_value(), expected);
  EXPECT_EQ(value_of(span.attributes(), "span").bytes_value(), expected.substr(1));
  EXPECT_EQ(value_of(span.attributes(), "large").bytes_value(), std::string(100'000, '\xEE'));
  EXPECT_EQ(value_of(value_of(span.attributes(), "inside").kvlist_value().values(), "raw").bytes_value(),
            expected);
}

TEST(AnyValue, NestsArraysAndMaps) {
  MemorySession session;
  const std::map<std::string, std::vector<std::string>> tags{{"colours", {"red", "blue"}}, {"none", {}}};
  {
    auto span = tracer().scoped_span("s");
    span.set_attribute("request",
                       Map{{"method", "GET"}, {"size", 12}, {"tags", tags}, {"more", Map{{"ok", true}}}});
  }
  const ProtoSpan span = only_span(session);
  const auto request = value_of(span.attributes(), "request").kvlist_value();
  EXPECT_EQ(value_of(request.values(), "method").string_value(), "GET");
  EXPECT_EQ(value_of(request.values(), "size").int_value(), 12);
  EXPECT_TRUE(value_of(value_of(request.values(), "more").kvlist_value().values(), "ok").bool_value());
  const auto read = value_of(request.values(), "tags").kvlist_value();
  EXPECT_EQ(value_of(read.values(), "colours").array_value().values(1).string_value(), "blue");
  EXPECT_EQ(value_of(read.values(), "none").array_value().values_size(), 0);
}

// "Setting an attribute with the same key as an existing attribute SHOULD overwrite": in the start, later, in
// events and links, and across kinds.
TEST(AttributeUniqueness, LetsTheLastValueOfAKeyWin) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s", {{"a", 1}, {"b", 2}, {"a", "later"}});
    span.set_attribute("b", std::vector<int>{1});
    span.set_attribute("b", 3.5);
    span.add_event("e", {{"a", 1}, {"a", 2}});
    span.add_link(span.context(), {{"a", 1}, {"a", 2}});
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 2);
  EXPECT_EQ(value_of(span.attributes(), "a").string_value(), "later");
  EXPECT_EQ(value_of(span.attributes(), "b").double_value(), 3.5);
  ASSERT_TRUE(span.events_size() == 1 && span.links_size() == 1);
  EXPECT_EQ(value_of(span.events(0).attributes(), "a").int_value(), 2);
  EXPECT_EQ(value_of(span.links(0).attributes(), "a").int_value(), 2);
  EXPECT_EQ(span.dropped_attributes_count(), 0U);
}

// "Exported maps MUST contain only unique keys": inside of values, too, and of keys as they are sent.
TEST(AttributeUniqueness, HoldsInsideOfMaps) {
  MemorySession session;
  const std::multimap<std::string, int> repeated{{"k", 1}, {"k", 2}, {"other", 3}};
  const std::vector<std::multimap<std::string, int>> in_array{repeated};
  const std::multimap<std::string, int> one_when_repaired{{"\xE8", 1}, {"\xE9", 2}};
  {
    auto span = tracer().scoped_span("s", {{"map", Map{{"k", 1}, {"first", 0}, {"k", "two"}}}});
    span.set_attribute("multimap", repeated);
    span.set_attribute("array", in_array);
    span.set_attribute("repaired", one_when_repaired);
    span.add_event("e", {{"map", repeated}});
  }
  const ProtoSpan span = only_span(session);
  const auto map = value_of(span.attributes(), "map").kvlist_value();
  ASSERT_EQ(map.values_size(), 2);
  EXPECT_EQ(map.values(0).key(), "k");
  EXPECT_EQ(map.values(0).value().string_value(), "two");
  for (const AnyValue& value :
       {value_of(span.attributes(), "multimap"), value_of(span.attributes(), "array").array_value().values(0),
        value_of(span.events(0).attributes(), "map")}) {
    ASSERT_EQ(value.kvlist_value().values_size(), 2);
    EXPECT_EQ(value_of(value.kvlist_value().values(), "k").int_value(), 2);
    EXPECT_EQ(value_of(value.kvlist_value().values(), "other").int_value(), 3);
  }
  const auto repaired = value_of(span.attributes(), "repaired").kvlist_value();
  ASSERT_EQ(repaired.values_size(), 1);
  EXPECT_EQ(repaired.values(0).value().int_value(), 2);
}

// "An array of AnyValue": of any mixture, the empty value among them.
TEST(AnyValue, MixesKindsInOneArray) {
  MemorySession session;
  const std::vector<AttributeValue> mixed{1, "a", true, AttributeValue(), 0.5};
  {
    tracer().scoped_span("s").set_attribute("mixed", mixed);
  }
  const auto values = value_of(only_span(session).attributes(), "mixed").array_value();
  ASSERT_EQ(values.values_size(), 5);
  EXPECT_EQ(values.values(0).int_value(), 1);
  EXPECT_EQ(values.values(1).string_value(), "a");
  EXPECT_TRUE(values.values(2).bool_value());
  EXPECT_EQ(values.values(3).value_case(), AnyValue::VALUE_NOT_SET);
  EXPECT_EQ(values.values(4).double_value(), 0.5);
}

TEST(AttributeKeys, AreNotEmpty) {
  MemorySession session;
  {
    tracer().scoped_span("s", {{"", 1}}).set_attribute("", 2);
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 0);
  EXPECT_EQ(span.dropped_attributes_count(), 2U);
}

// A receiver refuses a request with ill-formed text whole: the attribute is repaired, its neighbours arrive.
TEST(AttributeText, ArrivesRepairedWithItsWholeBatch) {
  MemorySession session;
  for (int i = 0; i < 100; ++i) {
    tracer().scoped_span("s", {{"n", i}, {"city", i == 50 ? "M\xFCnchen" : "Berlin"}}).end();
  }
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 100U);
  EXPECT_EQ(value_of(spans[50].attributes(), "city").string_value(), "M\xEF\xBF\xBDnchen");
  EXPECT_EQ(value_of(spans[51].attributes(), "city").string_value(), "Berlin");
}

}  // namespace
}  // namespace ergon::test
