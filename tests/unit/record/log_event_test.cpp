#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

namespace ergon::test {
namespace {

using ergon::testing::find;
using ergon::testing::RecordedAttributes;
using ergon::testing::Recorder;
using ergon::testing::Recording;

const Logger& logger() {
  static const Logger kLogger = get_logger("log.event");
  return kLogger;
}

TEST(LogEvent, HasItsName) {
  Recorder recorder;
  {
    const std::string name = "order." + std::string(300, 'x');  // gone when the record is read
    logger().event(name).info("charged {}", 1);
  }
  logger().event("order.charged").error("{}", std::vector{1, 2}.size());
  logger().event("").info("none");
  logger().info("plain");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 4U);
  EXPECT_EQ(recording.logs()[0].event_name, "order." + std::string(300, 'x'));
  EXPECT_EQ(recording.logs()[0].message, "charged 1");
  EXPECT_EQ(recording.logs()[1].event_name, "order.charged");
  EXPECT_EQ(recording.logs()[1].level, Level::error);
  EXPECT_EQ(recording.logs()[2].event_name, "");
  EXPECT_EQ(recording.logs()[3].event_name, "");
}

TEST(LogEvent, GoesWithAttributesInAnyOrder) {
  Recorder recorder;
  logger().event("order.charged").with({{"order.id", 7}}).info("one");
  logger().with({{"order.id", 7}}).event("order.charged").info("two");
  logger().with({{"order.id", 7}}).event("other").event("order.charged").log(Level::info, "three");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 3U);
  for (const auto& log : recording.logs()) {
    EXPECT_EQ(log.event_name, "order.charged");
    EXPECT_EQ(log.attributes, (RecordedAttributes{{"order.id", "7"}}));
  }
}

TEST(LogEvent, IsRepairedAsAllText) {
  Recorder recorder;
  logger().event("caf\xE9").info("text");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].event_name, "caf\xEF\xBF\xBD");
}

TEST(LoggerWith, AddsToWhatWasGivenBefore) {
  Recorder recorder;
  logger().with({{"a", 1}, {"b", 1}}).event("e").with({{"b", 2}, {"c", 2}}).with({{"c", 3}}).info("text");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].attributes, (RecordedAttributes{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(recording.logs()[0].event_name, "e");
}

}  // namespace
}  // namespace ergon::test
