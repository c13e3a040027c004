#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "unit/otlp/decoded.hpp"

namespace ergon::test {
namespace {

ProtoSpan only_span(MemorySession& session) {
  const auto spans = spans_of(session);
  EXPECT_EQ(spans.size(), 1U);
  return spans.empty() ? ProtoSpan() : spans[0];
}

TEST(SpanLimits, KeepTheFirst128Attributes) {
  MemorySession session;
  {
    auto span = get_tracer("limits").scoped_span("s");
    for (int i = 0; i < 200; ++i) span.set_attribute("key." + std::to_string(i), i);
    span.set_attribute("key.5", "replaced beyond the limit");
    span.set_attribute("key.150", "still too much");
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.attributes_size(), 128);
  EXPECT_EQ(span.dropped_attributes_count(), 73U);
  EXPECT_EQ(value_of(span.attributes(), "key.5").string_value(), "replaced beyond the limit");
  EXPECT_EQ(value_of(span.attributes(), "key.127").int_value(), 127);
}

TEST(SpanLimits, CountWhatTheStartItselfBrings) {
  MemorySession session;
  {
    auto span = get_tracer("limits").scoped_span("s", {{"a", 1}, {"", "no key"}, {"a", 2}, {"b", 3}});
    span.set_attribute("", 1);
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 2);
  EXPECT_EQ(value_of(span.attributes(), "a").int_value(), 2);
  EXPECT_EQ(span.dropped_attributes_count(), 2U);
}

TEST(SpanLimits, LetTheLastValueOfAKeyWin) {
  MemorySession session;
  {
    auto span = get_tracer("limits").scoped_span("s", {{"key", "a text"}});
    span.set_attribute("other", 1);
    span.set_attribute("key", 12.5);
    span.set_attribute("key", std::vector<int>{1, 2});
    span.set_attribute("key", true);
    span.set_attribute("kez", "a key of the same length");
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(span.attributes_size(), 3);
  EXPECT_TRUE(value_of(span.attributes(), "key").bool_value());
  EXPECT_EQ(span.dropped_attributes_count(), 0U);
}

// The bytes of what was overwritten are freed: else 20 rounds of this would need 5 MiB, more than a request
// takes.
TEST(SpanLimits, OverwriteAllOfManyLargeValuesWithLongerOnes) {
  constexpr int kRounds = 20;
  MemorySession session;
  {
    auto span = get_tracer("limits").scoped_span("s");
    for (int round = 0; round < kRounds; ++round) {
      for (int i = 0; i < 128; ++i) {
        span.set_attribute("key." + std::to_string(i),
                           std::string(1'024 + round * 64, static_cast<char>('a' + round)));
      }
    }
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.attributes_size(), 128);
  EXPECT_EQ(span.dropped_attributes_count(), 0U);
  const std::string last(1'024 + (kRounds - 1) * 64, static_cast<char>('a' + kRounds - 1));
  for (int i = 0; i < 128; ++i) {
    EXPECT_EQ(value_of(span.attributes(), "key." + std::to_string(i)).string_value(), last);
  }
}

TEST(SpanLimits, TellApartKeysThatLookAlike) {
  MemorySession session;
  std::map<std::string, int> expected;
  {
    auto span = get_tracer("limits").scoped_span("s");
    for (int i = 0; i < 60; ++i) {  // same length, same first and last four bytes
      const std::string key = "same" + std::string(1, static_cast<char>('A' + i / 8)) +
                              std::string(1, static_cast<char>('A' + i % 8)) + "same";
      span.set_attribute(key, i);
      expected[key] = i;
    }
    for (const char* short_key : {"a", "b", "ab", "ba", "abc", "cab"}) {
      span.set_attribute(short_key, 1);
      span.set_attribute(short_key, 2);
      expected[short_key] = 2;
    }
  }
  const ProtoSpan span = only_span(session);
  EXPECT_EQ(static_cast<std::size_t>(span.attributes_size()), expected.size());
  for (const auto& [key, value] : expected) EXPECT_EQ(value_of(span.attributes(), key).int_value(), value);
}

TEST(SpanLimits, Keep128Events) {
  MemorySession session;
  {
    auto span = get_tracer("limits").scoped_span("s");
    for (int i = 0; i < 150; ++i) span.add_event("event", {{"i", i}});
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.events_size(), 128);
  EXPECT_EQ(span.dropped_events_count(), 22U);
  EXPECT_EQ(value_of(span.events(127).attributes(), "i").int_value(), 127);
}

TEST(SpanLimits, Keep128Links) {
  MemorySession session;
  {
    auto span = get_tracer("limits").scoped_span("s");
    for (int i = 0; i < 140; ++i) span.add_link(span.context(), {{"i", i}});
  }
  const ProtoSpan span = only_span(session);
  ASSERT_EQ(span.links_size(), 128);
  EXPECT_EQ(span.dropped_links_count(), 12U);
  EXPECT_EQ(value_of(span.links(127).attributes(), "i").int_value(), 127);
}

#define ERGON_TEN(n)                                                                                    \
  {"k" #n "0", n}, {"k" #n "1", n}, {"k" #n "2", n}, {"k" #n "3", n}, {"k" #n "4", n}, {"k" #n "5", n}, \
      {"k" #n "6", n}, {"k" #n "7", n}, {"k" #n "8", n}, {                                              \
    "k" #n "9", n                                                                                       \
  }
#define ERGON_HUNDRED(n)                                                                                \
  ERGON_TEN(n##0), ERGON_TEN(n##1), ERGON_TEN(n##2), ERGON_TEN(n##3), ERGON_TEN(n##4), ERGON_TEN(n##5), \
      ERGON_TEN(n##6), ERGON_TEN(n##7), ERGON_TEN(n##8), ERGON_TEN(n##9)

// 200 keys, then the first of them again: of events, links and logs as of spans, the first 128 keys are kept,
// each with its last value.
template <class Message>
void expect_limited(const Message& message) {
  EXPECT_EQ(message.attributes_size(), 128);
  EXPECT_EQ(message.dropped_attributes_count(), 73U);
  EXPECT_EQ(value_of(message.attributes(), "k100").string_value(), "last");
}

TEST(SpanLimits, HoldForEventsAndLinks) {
  MemorySession session;
  {
    auto span = get_tracer("limits").scoped_span("s");
    span.add_event("event", {ERGON_HUNDRED(1), ERGON_HUNDRED(2), {"k100", "last"}, {"", "no key"}});
    span.add_link(span.context(), {ERGON_HUNDRED(1), ERGON_HUNDRED(2), {"k100", "last"}, {"", "no key"}});
  }
  const ProtoSpan span = only_span(session);
  ASSERT_TRUE(span.events_size() == 1 && span.links_size() == 1);
  expect_limited(span.events(0));
  expect_limited(span.links(0));
}

TEST(SpanLimits, HoldForLogs) {
  MemorySession session;
  get_logger("limits")
      .with({ERGON_HUNDRED(1), ERGON_HUNDRED(2), {"k100", "last"}, {"", "no key"}})
      .info("log");
  const auto logs = logs_of(session);
  ASSERT_EQ(logs.size(), 1U);
  expect_limited(logs[0]);
}

}  // namespace
}  // namespace ergon::test
