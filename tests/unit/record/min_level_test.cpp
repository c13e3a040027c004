#define ERGON_MIN_LEVEL warning

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

// This file is compiled with another least level than the rest of the executable.
namespace ergon::test {
namespace {

using ergon::testing::Recorder;
using ergon::testing::Recording;

TEST(MinLevel, LeavesOutWhatIsBelow) {
  Recorder recorder;
  const Logger log = get_logger("min.level");
  log.trace("t");
  log.debug("d {}", 1);
  log.info("i");
  log.warning("w");
  log.error("e");
  log.log(Level::info, "i");
  log.log(Level::critical, "c");
  log.with({{"key", 1}}).info("i");
  log.event("e").every_n(2).debug("d");
  const Recording recording = recorder.stop();
  std::string texts;
  for (const auto& record : recording.logs()) texts += record.message;
  EXPECT_EQ(texts, "wec");
}

TEST(MinLevel, IsNeverEnabledBelow) {
  const Recorder recorder;
  const Logger log = get_logger("min.level");
  EXPECT_FALSE(log.enabled(Level::info));
  EXPECT_TRUE(log.enabled(Level::warning));
}

TEST(MinLevel, EvaluatesArgumentsAllTheSame) {
  const Recorder recorder;
  int calls = 0;
  const auto count = [&calls] { return ++calls; };
  get_logger("min.level").info("{}", count());
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace ergon::test
