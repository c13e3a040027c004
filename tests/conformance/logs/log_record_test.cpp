#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/logs/recorded_logs.hpp"

// logs/data-model.md: the fields of a record; logs/api.md: emit, with an exception, too.
namespace ergon::test {
namespace {

const Logger& logger() {
  static const Logger kLogger = get_logger("conformance.logs");
  return kLogger;
}

template <class Id>
std::string bytes_of(const Id& id) {
  return {id.bytes.begin(), id.bytes.end()};
}

std::uint64_t unix_now() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

// The clock's rules allow for a millisecond.
TEST(LogTimestamp, IsThatOfTheCallAndObservedThen) {
  constexpr std::uint64_t kError = 1'000'000;
  MemorySession session;
  const std::uint64_t before = unix_now();
  logger().info("l");
  const std::uint64_t after = unix_now();
  const ProtoLog log = only_log(session);
  EXPECT_GE(log.time_unix_nano() + kError, before);
  EXPECT_LE(log.time_unix_nano(), after + kError);
  EXPECT_GE(log.observed_time_unix_nano(), log.time_unix_nano());
  EXPECT_LE(log.observed_time_unix_nano(), unix_now() + kError);
}

// "TRACE 1-4 … FATAL 21-24": the first of each range, with the level's own name as the text.
TEST(LogSeverity, HasNumberAndTextOfEachLevel) {
  struct Severity {
    Level level;
    int number;
    const char* text;
  };
  constexpr Severity kSeverities[] = {{Level::trace, 1, "TRACE"},  {Level::debug, 5, "DEBUG"},
                                      {Level::info, 9, "INFO"},    {Level::warning, 13, "WARNING"},
                                      {Level::error, 17, "ERROR"}, {Level::critical, 21, "CRITICAL"}};
  MemorySession session;
  for (const Severity& one : kSeverities) {
    logger().log(one.level, "l");
    const ProtoLog log = only_log(session);
    EXPECT_EQ(static_cast<int>(log.severity_number()), one.number);
    EXPECT_EQ(log.severity_text(), one.text);
  }
}

TEST(LogBody, IsTheFormattedText) {
  MemorySession session;
  logger().info("{} and {:>4}", "one", 2);
  EXPECT_EQ(only_log(session).body().string_value(), "one and    2");
}

TEST(LogAttributes, HaveAllKindsOfValues) {
  const std::vector<std::byte> raw{std::byte{0}, std::byte{0xFF}};
  MemorySession session;
  logger()
      .with({{"bool", true},
             {"int", -3},
             {"double", 0.5},
             {"text", "é"},
             {"bytes", raw},
             {"list", std::vector<int>{1, 2}},
             {"map", Map{{"inner", std::vector<std::string>{"a"}}, {"n", 1}}}})
      .info("l");
  const ProtoLog log = only_log(session);
  const auto value = [&](std::string_view key) { return value_of(log.attributes(), key); };
  EXPECT_EQ(log.attributes_size(), 7);
  EXPECT_EQ(log.dropped_attributes_count(), 0U);
  EXPECT_TRUE(value("bool").bool_value());
  EXPECT_EQ(value("int").int_value(), -3);
  EXPECT_EQ(value("double").double_value(), 0.5);
  EXPECT_EQ(value("text").string_value(), "é");
  EXPECT_EQ(value("bytes").bytes_value(), std::string("\0\xFF", 2));
  EXPECT_EQ(value("list").array_value().values_size(), 2);
  const auto map = value("map").kvlist_value();
  EXPECT_EQ(value_of(map.values(), "inner").array_value().values(0).string_value(), "a");
  EXPECT_EQ(value_of(map.values(), "n").int_value(), 1);
}

// "The resulting collection MUST NOT have duplicate keys" (common/README.md).
TEST(LogAttributes, HaveTheLastValueOfAKey) {
  MemorySession session;
  logger().with({{"a", 1}, {"a", 2}, {"b", 1}}).with({{"b", "text"}}).info("l");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.attributes_size(), 2);
  EXPECT_EQ(value_of(log.attributes(), "a").int_value(), 2);
  EXPECT_EQ(value_of(log.attributes(), "b").string_value(), "text");
}

TEST(LogTraceContext, IsThatOfTheCurrentSpan) {
  MemorySession session;
  SpanContext context;
  {
    const auto outer = get_tracer("conformance.logs").scoped_span("outer");
    const auto span = get_tracer("conformance.logs").scoped_span("inner");
    context = span.context();
    logger().info("l");
  }
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.trace_id(), bytes_of(context.trace_id));
  EXPECT_EQ(log.span_id(), bytes_of(context.span_id));
  EXPECT_EQ(log.flags(), unsigned{SpanContext::kSampled} | SpanContext::kRandom);
}

TEST(LogTraceContext, IsThatOfASpanThatIsNotSampled) {
  TelemetryConfig config = everything();
  config.tracing->sampler = AlwaysOff{};
  MemorySession session(config);
  const auto span = get_tracer("conformance.logs").scoped_span("s");
  logger().info("l");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.trace_id(), bytes_of(span.context().trace_id));
  EXPECT_EQ(log.span_id(), bytes_of(span.context().span_id));
  EXPECT_EQ(log.flags(), unsigned{SpanContext::kRandom});
}

// A context of another process, which is current here.
TEST(LogTraceContext, IsThatOfAnAttachedContext) {
  SpanContext remote;
  remote.trace_id.bytes.fill(0xAB);
  remote.span_id.bytes.fill(0xCD);
  remote.trace_flags = SpanContext::kSampled;
  remote.is_remote = true;
  MemorySession session;
  {
    const auto scope = attach(current_context().with_span_context(remote));
    logger().info("l");
  }
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.trace_id(), std::string(16, '\xAB'));
  EXPECT_EQ(log.span_id(), std::string(8, '\xCD'));
  EXPECT_EQ(log.flags(), unsigned{SpanContext::kSampled});
}

TEST(LogTraceContext, IsNoneOutsideOfASpan) {
  MemorySession session;
  logger().info("l");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.trace_id() + log.span_id(), "");
  EXPECT_EQ(log.flags(), 0U);
}

// A field of its own since logs/data-model.md#field-eventname; no attribute.
TEST(LogEventName, IsAField) {
  MemorySession session;
  logger().event("order.charged").with({{"order.id", "o-1"}}).info("charged");
  const ProtoLog event = only_log(session);
  EXPECT_EQ(event.event_name(), "order.charged");
  EXPECT_EQ(event.attributes_size(), 1);
  logger().info("plain");
  EXPECT_EQ(only_log(session).event_name(), "");
}

// "If an Exception is provided, the SDK MUST by default set attributes from the exception on the LogRecord …
// User-provided attributes MUST take precedence".
TEST(LogExceptionClause, SetsAttributesThatTheProgramsOwnOutdo) {
  MemorySession session;
  logger().exception(std::out_of_range("too far"), "lookup failed");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.body().string_value(), "lookup failed");
  EXPECT_EQ(log.severity_number(), proto::logs::v1::SEVERITY_NUMBER_ERROR);
  EXPECT_EQ(value_of(log.attributes(), "exception.type").string_value(), "std::out_of_range");
  EXPECT_EQ(value_of(log.attributes(), "exception.message").string_value(), "too far");
  logger().with({{"exception.type", "Own"}}).exception(std::out_of_range("too far"), "again");
  const ProtoLog own = only_log(session);
  EXPECT_EQ(value_of(own.attributes(), "exception.type").string_value(), "Own");
  EXPECT_EQ(value_of(own.attributes(), "exception.message").string_value(), "too far");
}

}  // namespace
}  // namespace ergon::test
