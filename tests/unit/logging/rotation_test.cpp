#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <time.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "telemetry/logging/handlers/size_rotation.hpp"
#include "telemetry/logging/handlers/time_rotation.hpp"
#include "unit/logging/log_file_stage.hpp"
#include "unit/logging/zone.hpp"

namespace ergon::telemetry::test {
namespace {

using Names = std::vector<std::string>;

std::unique_ptr<Rotation> by_size(const RotatingFileHandler& handler) {
  return std::make_unique<SizeRotation>(handler);
}
std::unique_ptr<Rotation> by_time(const TimedRotatingFileHandler& handler) {
  return std::make_unique<TimeRotation>(handler);
}

void set_modified(const std::string& path, std::int64_t seconds) {
  const std::array<timespec, 2> times{{{seconds, 0}, {seconds, 0}}};
  EXPECT_EQ(utimensat(AT_FDCWD, path.c_str(), times.data(), 0), 0);
}

TEST(SizeRotation, PutsAsideWhatIsFull) {
  LogFileStage stage;
  LogFile file = stage.file(by_size({.max_bytes = 8, .backup_count = 2}));
  for (const char* text : {"one", "two", "three", "four", "five", "six"}) stage.write(file, text);
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log.1", "app.log.2"}));
  EXPECT_EQ(stage.text(), "six\n");
  EXPECT_EQ(stage.text("app.log.1"), "five\n");
  EXPECT_EQ(stage.text("app.log.2"), "four\n");
}

TEST(SizeRotation, PartsNoLine) {
  LogFileStage stage;
  LogFile file = stage.file(by_size({.max_bytes = 8}));
  stage.write(file, {{.message = "a line that is longer"}, {.message = "b"}, {.message = "c"}});
  EXPECT_EQ(stage.text("app.log.1"), "a line that is longer\n");
  EXPECT_EQ(stage.text(), "b\nc\n");
}

TEST(SizeRotation, GoesOnWithAFileThatIsThere) {
  LogFileStage stage;
  {
    LogFile file = stage.file(by_size({.max_bytes = 8}));
    stage.write(file, "before");
  }
  LogFile file = stage.file(by_size({.max_bytes = 8}));
  stage.write(file, "after");
  EXPECT_EQ(stage.text("app.log.1"), "before\n");
  EXPECT_EQ(stage.text(), "after\n");
}

TEST(SizeRotation, KeepsEveryLineOnceThroughRotations) {
  LogFileStage stage;
  LogFile file = stage.file(by_size({.max_bytes = 100, .backup_count = 2'000}));
  std::uint64_t written = 0;
  for (int batch = 0; batch < 100; ++batch) {
    std::vector<TestLog> logs;
    for (int i = 0; i < 40; ++i) logs.push_back({.message = std::to_string(10'000 + batch * 40 + i)});
    written += stage.write(file, logs).written;
  }
  EXPECT_EQ(written, 4'000U);
  std::string all = stage.text();
  const std::size_t backups = stage.names().size() - 1;
  EXPECT_GT(backups, 200U);
  for (std::size_t number = 1; number <= backups; ++number)
    all = stage.text("app.log." + std::to_string(number)) + all;
  std::string expected;
  for (int i = 0; i < 4'000; ++i) expected += std::to_string(10'000 + i) + "\n";
  EXPECT_TRUE(all == expected);
}

TEST(SizeRotation, KeepsNoMoreBytesThanItMay) {
  LogFileStage stage;
  LogFile file = stage.file(by_size({.max_bytes = 8, .backup_count = 100, .max_total_bytes = 24}));
  for (int i = 0; i < 20; ++i) stage.write(file, "1234567");
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log.1", "app.log.2"}));
}

TEST(SizeRotation, KeepsNothingWithoutBackups) {
  LogFileStage stage;
  LogFile file = stage.file(by_size({.max_bytes = 8, .backup_count = 0}));
  for (const char* text : {"one", "two", "three"}) stage.write(file, text);
  EXPECT_EQ(stage.names(), (Names{"app.log"}));
  EXPECT_EQ(stage.text(), "three\n");
}

TEST(SizeRotation, NamesFilesAsTheProgramWants) {
  LogFileStage stage;
  LogFile file =
      stage.file(by_size({.max_bytes = 8, .backup_name = [](const std::string& path, std::int64_t number) {
                            return path + "-" + std::to_string(number) + ".old";
                          }}));
  for (const char* text : {"one", "two", "three"}) stage.write(file, text);
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log-1.old"}));
}

TEST(SizeRotation, LosesNothingWhereTheFileCantBePutAside) {
  LogFileStage stage;
  std::filesystem::create_directory(stage.path("app.log.1"));
  LogFile file = stage.file(by_size({.max_bytes = 8, .backup_count = 1}));
  testing::internal::CaptureStderr();
  for (const char* text : {"one", "two", "three"}) EXPECT_EQ(stage.write(file, text).lost, 0U);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("could not be put aside"), std::string::npos);
  EXPECT_EQ(stage.text(), "one\ntwo\nthree\n");
}

// Times below are of records, in UTC: 1,774,742,400 is 2026-03-29 00:00, the day on which clocks in Central
// Europe go forward at 01:00.
constexpr std::uint64_t kForward = 1'774'742'400;
constexpr std::uint64_t kHour = 3'600;

TEST(TimeRotation, BeginsAFileEachHour) {
  const Zone zone("UTC");
  LogFileStage stage;
  LogFile file = stage.file(by_time({.when = RotateWhen::hours}));
  stage.write(file, "one", kForward + 10);
  stage.write(file, {{.seconds = kForward + kHour - 1, .message = "two"},
                     {.seconds = kForward + kHour, .message = "three"}});
  stage.write(file, "four", kForward + 5 * kHour);
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log.2026-03-29_00", "app.log.2026-03-29_01"}));
  EXPECT_EQ(stage.text("app.log.2026-03-29_00"), "one\ntwo\n");
  EXPECT_EQ(stage.text("app.log.2026-03-29_01"), "three\n");
  EXPECT_EQ(stage.text(), "four\n");
}

TEST(TimeRotation, HasOtherPeriods) {
  const Zone zone("UTC");
  for (const auto& [handler, name] :
       {std::pair{TimedRotatingFileHandler{.when = RotateWhen::seconds, .interval = 10},
                  "app.log.2026-03-29_00-00-10"},
        std::pair{TimedRotatingFileHandler{.when = RotateWhen::minutes, .interval = 5},
                  "app.log.2026-03-29_00-00"},
        std::pair{TimedRotatingFileHandler{.when = RotateWhen::days}, "app.log.2026-03-29"},
        std::pair{TimedRotatingFileHandler{.when = RotateWhen::midnight, .interval = 2},
                  "app.log.2026-03-29"}}) {
    LogFileStage stage;
    LogFile file = stage.file(by_time(handler));
    stage.write(file, "one", kForward + 12);
    stage.write(file, "two", kForward + 13);
    stage.write(file, "three", kForward + 100 * kHour);
    EXPECT_EQ(stage.names(), (Names{"app.log", name}));
    EXPECT_EQ(stage.text(name), "one\ntwo\n");
  }
}

TEST(TimeRotation, TakesLocalMidnightAcrossChangesOfTheClock) {
  const Zone zone(kCentralEurope);
  LogFileStage stage;
  LogFile file = stage.file(by_time({.when = RotateWhen::midnight, .backup_count = 100}));
  const std::uint64_t forward = kForward - kHour;        // 2026-03-29 00:00 CET
  const std::uint64_t back = 1'792'886'400 - 2 * kHour;  // 2026-10-25 00:00 CEST
  stage.write(file, "last of the 28th", forward - 1);
  stage.write(file, "first of the 29th", forward);
  stage.write(file, "last of 23 hours", forward + 23 * kHour - 1);
  stage.write(file, "first of the 30th", forward + 23 * kHour);
  stage.write(file, "first of October's 25th", back);
  stage.write(file, "last of 25 hours", back + 25 * kHour - 1);
  stage.write(file, "first of the 26th", back + 25 * kHour);
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log.2026-03-28", "app.log.2026-03-29", "app.log.2026-03-30",
                                  "app.log.2026-10-25"}));
  EXPECT_EQ(stage.text("app.log.2026-03-29"), "first of the 29th\nlast of 23 hours\n");
  EXPECT_EQ(stage.text("app.log.2026-10-25"), "first of October's 25th\nlast of 25 hours\n");
}

TEST(TimeRotation, KeepsBothOfAnHourThatComesTwice) {
  const Zone zone(kCentralEurope);
  LogFileStage stage;
  LogFile file = stage.file(by_time({.when = RotateWhen::hours}));
  const std::uint64_t first = 1'792'886'400;  // 2026-10-25 02:00 CEST, an hour before it is 02:00 CET
  for (int hour = 0; hour < 3; ++hour) stage.write(file, std::to_string(hour), first + hour * kHour);
  EXPECT_EQ(stage.text("app.log.2026-10-25_02"), "0\n");
  EXPECT_EQ(stage.text("app.log.2026-10-25_02.1"), "1\n");
  EXPECT_EQ(stage.text(), "2\n");
}

TEST(TimeRotation, PutsAsideTheFileOfAnEarlierProcess) {
  const Zone zone("UTC");
  LogFileStage stage;
  {
    LogFile file = stage.file();
    stage.write(file, "before");
  }
  set_modified(stage.path(), kForward - 30 * kHour);
  LogFile file = stage.file(by_time({.when = RotateWhen::midnight}));
  stage.write(file, "after", kForward);
  EXPECT_EQ(stage.text("app.log.2026-03-27"), "before\n");
  EXPECT_EQ(stage.text(), "after\n");
}

TEST(TimeRotation, PutsAsideWhatIsFullToo) {
  const Zone zone("UTC");
  LogFileStage stage;
  LogFile file = stage.file(by_time({.when = RotateWhen::midnight, .max_bytes = 8}));
  for (const char* text : {"one", "two", "three", "four"}) stage.write(file, text, kForward);
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log.2026-03-29", "app.log.2026-03-29.1"}));
  EXPECT_EQ(stage.text("app.log.2026-03-29"), "one\ntwo\n");
  EXPECT_EQ(stage.text("app.log.2026-03-29.1"), "three\n");
}

TEST(TimeRotation, NamesFilesAsTheProgramWants) {
  const Zone zone("UTC");
  LogFileStage stage;
  LogFile file = stage.file(by_time({.when = RotateWhen::midnight,
                                     .backup_count = 2,
                                     .max_bytes = 8,
                                     .backup_name = [](const std::string& path, const std::string& time) {
                                       return path.substr(0, path.size() - 4) + "-" + time + ".log";
                                     }}));
  for (const char* text : {"one", "two", "three", "four"}) stage.write(file, text, kForward);
  EXPECT_EQ(stage.names(), (Names{"app-2026-03-29.1.log", "app-2026-03-29.log", "app.log"}));
  EXPECT_EQ(stage.text("app-2026-03-29.1.log"), "three\n");
  stage.write(file, "five", kForward + 24 * kHour);
  EXPECT_EQ(stage.names(), (Names{"app-2026-03-29.1.log", "app-2026-03-29.2.log", "app.log"}));
}

TEST(TimeRotation, DoesNotUseANameWithoutTheTime) {
  const Zone zone("UTC");
  LogFileStage stage;
  LogFile file =
      stage.file(by_time({.when = RotateWhen::hours, .backup_name = [](const std::string& path, const auto&) {
                            return path + ".old";
                          }}));
  testing::internal::CaptureStderr();
  for (const int hour : {0, 1, 2}) stage.write(file, std::to_string(hour), kForward + hour * kHour);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("a name without the time"), std::string::npos);
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log.2026-03-29_00", "app.log.2026-03-29_01"}));
}

TEST(TimeRotation, KeepsTheNewest) {
  const Zone zone("UTC");
  LogFileStage stage;
  for (const char* name :
       {"app.log.2026-03-2", "app.log.notes", "app.log.2026-03-01.x", "other.log.2026-03-01"})
    std::ofstream(stage.path(name)) << "of somebody else\n";
  LogFile file = stage.file(by_time({.when = RotateWhen::hours, .backup_count = 2}));
  for (int hour = 0; hour < 6; ++hour) stage.write(file, "x", kForward + hour * kHour);
  EXPECT_EQ(stage.names(),
            (Names{"app.log", "app.log.2026-03-01.x", "app.log.2026-03-2", "app.log.2026-03-29_03",
                   "app.log.2026-03-29_04", "app.log.notes", "other.log.2026-03-01"}));
}

TEST(TimeRotation, KeepsNoMoreBytesThanItMay) {
  const Zone zone("UTC");
  LogFileStage stage;
  LogFile file = stage.file(by_time({.when = RotateWhen::hours, .max_total_bytes = 9}));
  for (int hour = 0; hour < 6; ++hour) stage.write(file, "123", kForward + hour * kHour);
  EXPECT_EQ(stage.names(), (Names{"app.log", "app.log.2026-03-29_03", "app.log.2026-03-29_04"}));
}

TEST(TimeRotation, TakesALateRecordIntoTheFileAtHand) {
  const Zone zone("UTC");
  LogFileStage stage;
  LogFile file = stage.file(by_time({.when = RotateWhen::hours}));
  stage.write(file, "now", kForward);
  stage.write(file, "late", kForward - kHour);
  EXPECT_EQ(stage.text(), "now\nlate\n");
}

}  // namespace
}  // namespace ergon::telemetry::test
