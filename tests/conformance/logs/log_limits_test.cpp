#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/logs/recorded_logs.hpp"

// logs/sdk.md#logrecord-limits and common/README.md#attribute-limits.
namespace ergon::test {
namespace {

const Logger& logger() {
  static const Logger kLogger = get_logger("conformance.log.limits");
  return kLogger;
}

#define ERGON_TEN(key)                                                                              \
  {key "0", 0}, {key "1", 1}, {key "2", 2}, {key "3", 3}, {key "4", 4}, {key "5", 5}, {key "6", 6}, \
      {key "7", 7}, {key "8", 8}, {key "9", 9}

TEST(LogRecordLimits, Keep128AttributesAndCountTheRest) {
  MemorySession session;
  logger()
      .with({ERGON_TEN("a"),
             ERGON_TEN("b"),
             ERGON_TEN("c"),
             ERGON_TEN("d"),
             ERGON_TEN("e"),
             ERGON_TEN("f"),
             ERGON_TEN("g"),
             ERGON_TEN("h"),
             ERGON_TEN("i"),
             ERGON_TEN("j"),
             ERGON_TEN("k"),
             ERGON_TEN("l"),
             ERGON_TEN("m"),
             {"a0", "again"}})
      .info("l");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.attributes_size(), 128);
  EXPECT_EQ(log.dropped_attributes_count(), 2U);
  EXPECT_EQ(value_of(log.attributes(), "a0").string_value(), "again");
  EXPECT_EQ(value_of(log.attributes(), "m7").int_value(), 7);
}

// "The limit is of the top level": elements and entries inside of a value are no attributes.
TEST(LogRecordLimits, CountTheTopLevelOnly) {
  MemorySession session;
  logger().with({{"list", std::vector<int>(500, 1)}}).info("l");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(value_of(log.attributes(), "list").array_value().values_size(), 500);
  EXPECT_EQ(log.dropped_attributes_count(), 0U);
}

TEST(LogRecordLimits, CutNoValueByDefault) {
  MemorySession session;
  logger().with({{"long", std::string(1'000'000, 'x')}}).info("l");
  EXPECT_EQ(value_of(only_log(session).attributes(), "long").string_value().size(), 1'000'000U);
}

TelemetryConfig with_log_limits(const LogRecordLimits& limits) {
  TelemetryConfig config = everything();
  config.logging->limits = limits;
  return config;
}

TEST(LogRecordLimits, AreWhatTheConfigurationSays) {
  MemorySession session(with_log_limits(
      {.attribute_value_length_limit = 3, .attribute_value_depth_limit = 1, .attribute_count_limit = 3}));
  const std::vector<std::vector<int>> deep{{1, 2}};
  logger()
      .with({{"text", "éabcdef"}, {"list", std::vector<std::string>{"abcdef"}}, {"deep", deep}, {"d", 1}})
      .info("the message is longer");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.attributes_size(), 3);
  EXPECT_EQ(log.dropped_attributes_count(), 1U);
  EXPECT_EQ(value_of(log.attributes(), "text").string_value(), "éab");
  EXPECT_EQ(value_of(log.attributes(), "list").array_value().values(0).string_value(), "abc");
  const auto outer = value_of(log.attributes(), "deep").array_value();
  ASSERT_EQ(outer.values_size(), 1);
  EXPECT_EQ(outer.values(0).array_value().values_size(), 0);
  EXPECT_EQ(log.body().string_value(), "the message is longer");
  auto span = get_tracer("conformance.log.limits").scoped_span("s", {{"text", "abcdef"}});
  span.end();
  const auto spans = spans_of(session);
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(value_of(spans[0].attributes(), "text").string_value(), "abcdef") << "those are of logs alone";
}

// What the exception brings counts as the rest does.
TEST(LogRecordLimits, OfNoneLeaveOutAll) {
  MemorySession session(with_log_limits({.attribute_count_limit = 0}));
  logger().with({{"a", 1}}).info("l");
  EXPECT_EQ(only_log(session).dropped_attributes_count(), 1U);
  logger().exception(std::runtime_error("no"), "l");
  const ProtoLog log = only_log(session);
  EXPECT_EQ(log.attributes_size(), 0);
  EXPECT_EQ(log.dropped_attributes_count(), 2U);
}

TEST(LogRecordLimits, OutOfRangeAreRefused) {
  const MemorySession session(
      with_log_limits({.attribute_value_depth_limit = 31, .attribute_count_limit = -1}));
  ASSERT_EQ(session.errors().size(), 2U);
  EXPECT_NE(session.errors()[0].find("logging.limits.attribute_value_depth_limit"), std::string::npos);
  EXPECT_NE(session.errors()[1].find("logging.limits.attribute_count_limit"), std::string::npos);
}

// "Resource and metric attributes, and the body of a log record, are exempt."
TEST(LogRecordLimits, LeaveTheBodyAlone) {
  MemorySession session;
  logger().info("{}", std::string(1'000'000, 'x'));
  EXPECT_EQ(only_log(session).body().string_value().size(), 1'000'000U);
}

}  // namespace
}  // namespace ergon::test
