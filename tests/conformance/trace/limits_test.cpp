#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "conformance/trace/recorded.hpp"
#include "unit/support_engine/fresh_process.hpp"

// common/README.md#attribute-limits and trace/sdk.md#span-limits. What holds by default is in
// tests/unit/otlp/span_limits_test.cpp, too.
namespace ergon::test {
namespace {

const Tracer& tracer() {
  static const Tracer kTracer = get_tracer("conformance.limits");
  return kTracer;
}

std::string key(int n) { return "key." + std::to_string(n); }

TEST(AttributeCountLimit, Is128ByDefaultAndCounts) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s");
    for (int i = 0; i < 1'000; ++i) span.set_attribute(key(i), i);
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 128);
  EXPECT_EQ(span.dropped_attributes_count(), 872U);
}

TEST(AttributeCountLimit, IsWhatTheConfigurationSays) {
  MemorySession session(with_limits({.attribute_count_limit = 2}));
  {
    auto span = tracer().scoped_span("s", {{"a", 1}, {"b", 2}, {"c", 3}});
    span.set_attribute("d", std::vector<int>{1});
    span.set_attribute("a", "overwritten at the limit");
    span.set_attribute("b", std::vector<int>{7});
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 2);
  EXPECT_EQ(value_of(span.attributes(), "a").string_value(), "overwritten at the limit");
  EXPECT_EQ(value_of(span.attributes(), "b").array_value().values(0).int_value(), 7);
  EXPECT_EQ(span.dropped_attributes_count(), 2U);
}

TEST(AttributeCountLimit, MayBeAboveTheDefault) {
  MemorySession session(with_limits({.attribute_count_limit = 1'000}));
  {
    auto span = tracer().scoped_span("s");
    for (int i = 0; i < 1'001; ++i) span.set_attribute(key(i), i);
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 1'000);
  EXPECT_EQ(span.dropped_attributes_count(), 1U);
}

TEST(AttributeCountLimit, OfZeroKeepsNone) {
  MemorySession session(
      with_limits({.attribute_count_limit = 0, .event_count_limit = 0, .link_count_limit = 0}));
  {
    auto span = tracer().scoped_span("s", {{"a", 1}});
    span.add_event("e");
    span.add_link(span.context());
    auto movable = tracer().start_span("s", {{"a", 1}});
    movable.set_attribute("list", std::vector<int>{1});
    movable.add_event("e", {{"list", std::vector<int>{1}}});
    movable.add_link(span.context());
    movable.set_attribute("b", 1);
    span.set_attribute("b", 1);
  }
  for (const ProtoSpan& span : spans_of(session)) {
    EXPECT_EQ(span.attributes_size() + span.events_size() + span.links_size(), 0);
    EXPECT_GE(span.dropped_attributes_count(), 2U);
    EXPECT_EQ(span.dropped_events_count(), 1U);
    EXPECT_EQ(span.dropped_links_count(), 1U);
  }
}

// The limit is of the top level: elements and entries inside of a value are no attributes.
TEST(AttributeCountLimit, IsOfTheTopLevelOnly) {
  MemorySession session(with_limits({.attribute_count_limit = 1}));
  {
    const auto span = tracer().scoped_span("s", {{"list", std::vector<int>(50, 1)}});
  }
  EXPECT_EQ(value_of(only_span(session).attributes(), "list").array_value().values_size(), 50);
}

TEST(EventAndLinkLimits, AreWhatTheConfigurationSays) {
  MemorySession session(with_limits({.event_count_limit = 3,
                                     .link_count_limit = 2,
                                     .event_attribute_count_limit = 1,
                                     .link_attribute_count_limit = 0}));
  {
    auto span = tracer().scoped_span("s", {{"a", 1}, {"b", 2}});
    for (int i = 0; i < 5; ++i) span.add_event("e", {{"a", i}, {"b", 2}});
    for (int i = 0; i < 5; ++i) span.add_link(span.context(), {{"a", i}});
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 2);
  ASSERT_EQ(span.events_size(), 3);
  EXPECT_EQ(span.dropped_events_count(), 2U);
  ASSERT_EQ(span.links_size(), 2);
  EXPECT_EQ(span.dropped_links_count(), 3U);
  for (const auto& event : span.events()) {
    EXPECT_EQ(event.attributes_size(), 1);
    EXPECT_EQ(event.dropped_attributes_count(), 1U);
  }
  for (const auto& link : span.links()) {
    EXPECT_EQ(link.attributes_size(), 0);
    EXPECT_EQ(link.dropped_attributes_count(), 1U);
  }
}

// "If it is a string, if it exceeds that limit (counting any character in it as 1), SDKs MUST truncate": é is
// one character of two bytes, the clef one of four.
TEST(AttributeValueLengthLimit, CountsCharactersOfStrings) {
  MemorySession session(with_limits({.attribute_value_length_limit = 3}));
  const std::string clefs = "\xF0\x9D\x84\x9E\xF0\x9D\x84\x9E\xF0\x9D\x84\x9E\xF0\x9D\x84\x9E";
  {
    auto span = tracer().scoped_span("s", {{"ascii", "abcdef"}, {"short", "abc"}, {"empty", ""}});
    span.set_attribute("accents", "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9");
    span.set_attribute("just right", "\xC3\xA9\xC3\xA9\xC3\xA9");
    span.set_attribute("clefs", clefs);
    span.set_attribute("latin1", "\xE9\xE9\xE9\xE9");
    span.set_attribute("long", std::string(100'000, 'x'));
    span.set_attribute("number", 123'456'789);
    span.add_event("event name", {{"ascii", "abcdef"}});
    span.add_link(span.context(), {{"ascii", "abcdef"}});
  }
  const ProtoSpan span = only_span(session);
  const auto text = [&](const char* name) { return value_of(span.attributes(), name).string_value(); };
  EXPECT_EQ(text("ascii"), "abc");
  EXPECT_EQ(text("short"), "abc");
  EXPECT_EQ(text("empty"), "");
  EXPECT_EQ(text("accents"), "\xC3\xA9\xC3\xA9\xC3\xA9");
  EXPECT_EQ(text("just right"), "\xC3\xA9\xC3\xA9\xC3\xA9");
  EXPECT_EQ(text("clefs"), clefs.substr(0, 12));
  EXPECT_EQ(text("latin1"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(text("long"), "xxx");
  EXPECT_EQ(value_of(span.attributes(), "number").int_value(), 123'456'789);
  ASSERT_TRUE(span.events_size() == 1 && span.links_size() == 1);
  EXPECT_EQ(span.events(0).name(), "event name");
  EXPECT_EQ(value_of(span.events(0).attributes(), "ascii").string_value(), "abc");
  EXPECT_EQ(value_of(span.links(0).attributes(), "ascii").string_value(), "abc");
  EXPECT_EQ(span.dropped_attributes_count(), 0U) << "cut is not dropped";
}

// "If it is a byte array … if it is an array or a map, apply the limit to each element, recursively."
TEST(AttributeValueLengthLimit, CountsBytesAndHoldsInsideOfValues) {
  MemorySession session(with_limits({.attribute_value_length_limit = 2}));
  const std::vector<std::byte> raw(5, std::byte{0xFF});
  const std::map<std::string, std::vector<std::string>> nested{{"long key", {"abcdef", "a"}}};
  {
    auto span = tracer().scoped_span("s", {{"raw", raw}, {"nested", nested}});
    span.set_attribute("map", Map{{"text", "abc"}, {"raw", raw}});
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(value_of(span.attributes(), "raw").bytes_value(), "\xFF\xFF");
  const auto list =
      value_of(value_of(span.attributes(), "nested").kvlist_value().values(), "long key").array_value();
  EXPECT_EQ(list.values(0).string_value(), "ab");
  EXPECT_EQ(list.values(1).string_value(), "a");
  const auto map = value_of(span.attributes(), "map").kvlist_value();
  EXPECT_EQ(value_of(map.values(), "text").string_value(), "ab");
  EXPECT_EQ(value_of(map.values(), "raw").bytes_value(), "\xFF\xFF");
}

TEST(AttributeValueLengthLimit, IsNoneByDefault) {
  MemorySession session;
  {
    const auto span = tracer().scoped_span("s", {{"long", std::string(1'000'000, 'x')}});
  }
  EXPECT_EQ(value_of(only_span(session).attributes(), "long").string_value().size(), 1'000'000U);
}

// "Resource and metric attributes are exempt", and logs have limits of their own.
TEST(AttributeLimits, OfSpansHoldForSpansAlone) {
  TelemetryConfig config = with_limits({.attribute_value_length_limit = 1, .attribute_count_limit = 1});
  config.resource.attributes["long"] = std::string("abcdef");
  MemorySession session(config);
  get_logger("limits").with({{"a", "abcdef"}, {"b", "abcdef"}}).info("log");
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 1U);
  EXPECT_EQ(logs[0].attributes_size(), 2);
  EXPECT_EQ(value_of(logs[0].attributes(), "a").string_value(), "abcdef");
  {
    const auto span = tracer().scoped_span("s");
  }
  for (const std::string& bytes : session.take(telemetry::Signal::spans)) {
    const auto request = decode<ExportTraceServiceRequest>(bytes);
    EXPECT_EQ(value_of(request.resource_spans(0).resource().attributes(), "long").string_value(), "abcdef");
  }
}

TEST(AttributeValueDepthLimit, IsWhatTheConfigurationSays) {
  MemorySession session(with_limits({.attribute_value_depth_limit = 2}));
  const std::vector<std::vector<std::vector<int>>> deep{{{1, 2}}};
  {
    const auto span = tracer().scoped_span("s", {{"deep", deep}});
  }
  const auto outer = value_of(only_span(session).attributes(), "deep").array_value();
  ASSERT_EQ(outer.values_size(), 1);
  ASSERT_EQ(outer.values(0).array_value().values_size(), 1);
  EXPECT_EQ(outer.values(0).array_value().values(0).array_value().values_size(), 0);
}

TEST(SpanLimits, OverwriteWithoutLosingAnything) {
  MemorySession session;
  {
    auto span = tracer().scoped_span("s");
    for (int i = 0; i < 128; ++i) span.set_attribute(key(i), std::string(1'024, 'a'));
    for (int i = 0; i < 128; ++i) span.set_attribute(key(i), std::string(1'100 + i, 'b'));
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 128);
  EXPECT_EQ(span.dropped_attributes_count(), 0U);
  for (int i = 0; i < 128; ++i)
    EXPECT_EQ(value_of(span.attributes(), key(i)).string_value(), std::string(1'100 + i, 'b'));
}

// "There SHOULD be a message … at most once per span": here once in ten seconds, by the worker.
TEST(SpanLimits, SayOnceThatTheyLeftDataOut) {
  run_in_fresh_process([] {
    MemorySession session;
    ::testing::internal::CaptureStderr();
    for (int n = 0; n < 3; ++n) {
      auto span = tracer().scoped_span("s", {{"", 0}});
      for (int i = 0; i < 130; ++i) span.add_event("e");
    }
    session.flush();
    EXPECT_EQ(::testing::internal::GetCapturedStderr(),
              "ergon: telemetry: a span went beyond its limits: left out of one of tracer "
              "'conformance.limits': 1 attributes, 2 events, 0 links\n");
  });
}

}  // namespace
}  // namespace ergon::test
