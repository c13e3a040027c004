#include <gtest/gtest.h>

#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {

struct Declined : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct Foreign {};  // no std::exception

namespace {

using ergon::testing::find;
using ergon::testing::RecordedLog;
using ergon::testing::Recorder;
using ergon::testing::Recording;

const Logger& logger() {
  static const Logger kLogger = get_logger("log.exception");
  return kLogger;
}

// What the logger tells of what is thrown.
template <class Throw>
RecordedLog log_of(Throw throw_it) {
  Recorder recorder;
  try {
    throw_it();
  } catch (...) {
    logger().exception("charging {} failed", 7);
  }
  const Recording recording = recorder.stop();
  EXPECT_EQ(recording.logs().size(), 1U);
  return recording.logs().empty() ? RecordedLog{} : recording.logs()[0];
}

TEST(LogException, TellsTypeAndMessage) {
  const RecordedLog log = log_of([] { throw Declined("no money"); });
  EXPECT_EQ(log.message, "charging 7 failed");
  EXPECT_EQ(log.level, Level::error);
  EXPECT_EQ(log.event_name, "");
  EXPECT_EQ(find(log.attributes, "exception.type"), "ergon::test::Declined");
  EXPECT_EQ(find(log.attributes, "exception.message"), "no money");
  EXPECT_EQ(log.attributes.size(), 2U) << "without a cause, none is told";
}

TEST(LogException, KnowsTheTypeOfWhatIsNoStandardException) {
  const RecordedLog number = log_of([] { throw 42; });
  EXPECT_EQ(find(number.attributes, "exception.type"), "int");
  EXPECT_EQ(find(number.attributes, "exception.message"), "");
  EXPECT_EQ(find(log_of([] { throw Foreign{}; }).attributes, "exception.type"), "ergon::test::Foreign");
}

template <class Outer, class Throw>
[[noreturn]] void nest(const Outer& outer, Throw throw_inner) {
  try {
    throw_inner();
  } catch (...) {
    std::throw_with_nested(outer);
  }
  std::abort();
}

TEST(LogException, TellsTheCausesTheNearestFirst) {
  const RecordedLog log = log_of([] {
    nest(Declined("no money"),
         [] { nest(Foreign{}, [] { nest(std::logic_error("timed out"), [] { throw 42; }); }); });
  });
  EXPECT_EQ(find(log.attributes, "exception.type"), "ergon::test::Declined");
  EXPECT_EQ(find(log.attributes, "ergon.exception.causes"),
            R"(["ergon::test::Foreign","std::logic_error: timed out","int"])");
}

void nest_deeply(int depth) {
  if (depth == 0) throw Declined("the first");
  nest(std::runtime_error(std::to_string(depth)), [depth] { nest_deeply(depth - 1); });
}

TEST(LogException, TellsSixteenCausesAtMost) {
  const RecordedLog log = log_of([] { nest_deeply(40); });
  EXPECT_EQ(find(log.attributes, "exception.message"), "40");
  const std::string_view causes = find(log.attributes, "ergon.exception.causes");
  EXPECT_NE(causes.find("std::runtime_error: 24"), std::string_view::npos) << causes;
  EXPECT_EQ(causes.find("std::runtime_error: 23"), std::string_view::npos) << causes;
}

TEST(LogException, LogsTheMessageAloneWhereNothingIsHandled) {
  Recorder recorder;
  logger().exception("nothing but {}", "this");
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 1U);
  EXPECT_EQ(recording.logs()[0].message, "nothing but this");
  EXPECT_EQ(recording.logs()[0].level, Level::error);
  EXPECT_TRUE(recording.logs()[0].attributes.empty());
}

TEST(LogException, TakesAnExceptionThatIsAtHand) {
  Recorder recorder;
  logger().exception(Declined("no money"), "charging {} failed", 7);
  try {
    nest(Declined("no money"), [] { throw std::logic_error("timed out"); });
  } catch (const std::exception& error) {
    logger().exception(error, "nested");
  }
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 2U);
  for (const RecordedLog& log : recording.logs()) {
    EXPECT_EQ(find(log.attributes, "exception.type"), "ergon::test::Declined");
    EXPECT_EQ(find(log.attributes, "exception.message"), "no money");
  }
  EXPECT_EQ(recording.logs()[0].message, "charging 7 failed");
  EXPECT_EQ(find(recording.logs()[1].attributes, "ergon.exception.causes"),
            R"(["std::logic_error: timed out"])");
}

TEST(LogException, GoesWithAttributesWhichWinAndWithAnEventName) {
  Recorder recorder;
  try {
    throw Declined("card 4711 declined");
  } catch (...) {
    logger()
        .with({{"order.id", 7}, {"exception.message", "card declined"}})
        .event("payment.exception")
        .exception("charging failed");
  }
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 1U);
  const RecordedLog& log = recording.logs()[0];
  EXPECT_EQ(log.event_name, "payment.exception");
  EXPECT_EQ(find(log.attributes, "order.id"), "7");
  EXPECT_EQ(find(log.attributes, "exception.type"), "ergon::test::Declined");
  EXPECT_EQ(find(log.attributes, "exception.message"), "card declined");
}

TEST(LogException, GoesByTheLevel) {
  TelemetryConfig config = everything();
  config.logging->level = Level::critical;
  MemorySession session(config);
  logger().exception("not wanted");
  logger().exception(Declined("no money"), "not wanted");
  session.flush();
  EXPECT_EQ(session.statistics().logs.total.created, 0U);
}

TEST(LogException, LeavesTheExceptionAsItIs) {
  try {
    try {
      throw Declined("no money");
    } catch (...) {
      logger().exception("on its way");
      throw;
    }
  } catch (const Declined& error) {
    EXPECT_STREQ(error.what(), "no money");
  }
  EXPECT_EQ(std::current_exception(), nullptr);
}

}  // namespace
}  // namespace ergon::test
