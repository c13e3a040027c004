#include <gtest/gtest.h>

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

// "Resource and metric attributes, and the body of a log record, are exempt."
TEST(LogRecordLimits, LeaveTheBodyAlone) {
  MemorySession session;
  logger().info("{}", std::string(1'000'000, 'x'));
  EXPECT_EQ(only_log(session).body().string_value().size(), 1'000'000U);
}

}  // namespace
}  // namespace ergon::test
