#include "telemetry/logging/date_format.hpp"

#include <gtest/gtest.h>

#include <string>

#include "unit/logging/zone.hpp"

namespace ergon::telemetry::test {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kTime = 1'773'480'413 * kSecond + 58'979'323;  // 2026-03-14 09:26:53 UTC

std::string shown(std::string_view format, bool is_utc, std::uint64_t time = kTime) {
  std::string text;
  DateFormat(format, is_utc).append(text, time);
  return text;
}

TEST(DateFormat, WritesAsStrftimeDoes) {
  const Zone zone(kCentralEurope);
  EXPECT_EQ(shown("%Y-%m-%d %H:%M:%S", true), "2026-03-14 09:26:53");
  EXPECT_EQ(shown("%d.%m.%y %H:%M %z %Z 100%%", false), "14.03.26 10:26 +0100 CET 100%");
}

TEST(DateFormat, HasFractionsOfASecond) {
  EXPECT_EQ(shown("%S.%3f", true), "53.058");
  EXPECT_EQ(shown("%S,%6f", true), "53,058979");
  EXPECT_EQ(shown("%f", true), "058979");
  EXPECT_EQ(shown("%9f|%3f|", true), "058979323|058|");
}

TEST(DateFormat, FollowsEachTimeItIsGiven) {
  const Zone zone(kCentralEurope);
  DateFormat format("%H:%M:%S.%3f", false);
  std::string text;
  for (const std::uint64_t time : {1'792'889'999 * kSecond, 1'792'890'000 * kSecond, 0 * kSecond})
    format.append(text += ' ', time);
  EXPECT_EQ(text, " 02:59:59.000 02:00:00.000 01:00:00.000") << "an hour that comes twice, and an old time";
}

TEST(DateFormat, KnowsWhatItCantWrite) {
  EXPECT_TRUE(DateFormat::is_valid("%Y-%m-%dT%H:%M:%S.%9f%z"));
  EXPECT_TRUE(DateFormat::is_valid(""));
  for (const char* wrong : {"%", "%4f", "%q", "%n", "%Y\n", "%Ey"})
    EXPECT_FALSE(DateFormat::is_valid(wrong)) << wrong;
  EXPECT_FALSE(DateFormat::is_valid(std::string(100, 'x')));
}

}  // namespace
}  // namespace ergon::telemetry::test
