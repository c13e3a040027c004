#include "telemetry/logging/time_text.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "unit/logging/zone.hpp"

namespace ergon::telemetry::test {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000U;

std::string utc(std::uint64_t nanoseconds) {
  std::string text;
  UtcTimeText().append(text, nanoseconds);
  return text;
}

std::string local(std::uint64_t nanoseconds) {
  std::string text;
  append_local_time(text, nanoseconds);
  return text;
}

TEST(TimeText, WritesUtcWithNanoseconds) {
  EXPECT_EQ(utc(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(utc(1'773'480'413 * kSecond + 589'793'238), "2026-03-14T09:26:53.589793238Z");
  EXPECT_EQ(utc(951'782'400 * kSecond + 1), "2000-02-29T00:00:00.000000001Z");
}

TEST(TimeText, WritesLocalTimeOfTheZone) {
  const Zone zone(kCentralEurope);
  EXPECT_EQ(local(1'773'480'413 * kSecond), "2026-03-14 10:26:53");
  EXPECT_EQ(local(1'782'000'000 * kSecond), "2026-06-21 02:00:00");
}

TEST(TimeText, FollowsTheZoneIntoSummerTimeAndBack) {
  const Zone zone(kCentralEurope);
  EXPECT_EQ(local(1'774'745'999 * kSecond), "2026-03-29 01:59:59");
  EXPECT_EQ(local(1'774'746'000 * kSecond), "2026-03-29 03:00:00");
  EXPECT_EQ(local(1'792'889'999 * kSecond), "2026-10-25 02:59:59");
  EXPECT_EQ(local(1'792'890'000 * kSecond), "2026-10-25 02:00:00");
}

std::string by_the_c_library(const tm& parts, const char* format) {
  std::array<char, 64> text{};
  strftime(text.data(), text.size(), format, &parts);
  return text.data();
}

TEST(TimeText, AgreesWithTheCLibrary) {
  const Zone zone(kCentralEurope);
  std::mt19937_64 random(41);
  for (int i = 0; i < 2'000; ++i) {
    const std::uint64_t seconds = random() % 17'000'000'000U;  // till the year 2508
    const auto time = static_cast<time_t>(seconds);
    tm parts{};
    gmtime_r(&time, &parts);
    EXPECT_EQ(utc(seconds * kSecond).substr(0, 19), by_the_c_library(parts, "%Y-%m-%dT%H:%M:%S"));
    localtime_r(&time, &parts);
    EXPECT_EQ(local(seconds * kSecond), by_the_c_library(parts, "%Y-%m-%d %H:%M:%S"));
  }
}

}  // namespace
}  // namespace ergon::telemetry::test
