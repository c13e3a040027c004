#include "base/ticks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace ergon::base {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::array kSources{TickSource::monotonic, TickSource::counter};

std::uint64_t system_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

void spin_for(std::uint64_t nanoseconds) {
  const std::uint64_t until = monotonic_nanoseconds() + nanoseconds;
  while (monotonic_nanoseconds() < until) {
  }
}

void expect_system_time(const WallClock& clock, TickSource source) {
  const std::uint64_t before = system_nanoseconds();
  const std::uint64_t placed = clock.unix_nanoseconds(source, read_ticks(source));
  const std::uint64_t after = system_nanoseconds();
  EXPECT_GE(placed + kMillisecond, before);
  EXPECT_LE(placed, after + kMillisecond);
}

TEST(WallClock, AgreesWithTheSystemsClock) {
  WallClock clock;
  for (int i = 0; i < 20; ++i) {
    for (const TickSource source : kSources) expect_system_time(clock, source);
    clock.calibrate();
  }
}

TEST(WallClock, PlacesLaterTicksLater) {
  const WallClock clock;
  std::mt19937_64 random(1);
  for (const TickSource source : kSources) {
    std::vector<std::uint64_t> ticks;
    for (int i = 0; i < 1'000; ++i) ticks.push_back(read_ticks(source) + random() % 1'000'000);
    std::ranges::sort(ticks);
    std::uint64_t last = 0;
    for (const std::uint64_t tick : ticks) {
      const std::uint64_t placed = clock.unix_nanoseconds(source, tick);
      EXPECT_GE(placed, last);
      last = placed;
    }
  }
}

TEST(WallClock, PlacesWhatWasBeforeTheFirstCalibration) {
  std::array<std::uint64_t, 2> early{read_ticks(TickSource::monotonic), read_ticks(TickSource::counter)};
  const std::uint64_t at = system_nanoseconds();
  WallClock clock;
  for (int i = 0; i < 20; ++i) clock.calibrate();  // more than the history holds
  for (const TickSource source : kSources) {
    const std::uint64_t placed = clock.unix_nanoseconds(source, early[source == TickSource::counter]);
    EXPECT_GE(placed + 2 * kMillisecond, at);
    EXPECT_LE(placed, at + 2 * kMillisecond);
  }
}

TEST(WallClock, MeasuresWhatTheMonotonicClockMeasures) {
  const WallClock clock;
  const std::uint64_t counter = read_ticks(TickSource::counter);
  const std::uint64_t start = monotonic_nanoseconds();
  spin_for(20 * kMillisecond);
  const std::uint64_t ticks = read_ticks(TickSource::counter) - counter;
  const auto truth = static_cast<double>(monotonic_nanoseconds() - start);
  EXPECT_NEAR(static_cast<double>(clock.duration_nanoseconds(TickSource::counter, ticks)), truth,
              truth / 100);
  EXPECT_EQ(clock.duration_nanoseconds(TickSource::monotonic, 12'345), 12'345U);
}

TEST(WallClock, EndsNothingBeforeItsStart) {
  WallClock clock;
  std::mt19937_64 random(2);
  for (int i = 0; i < 100'000; ++i) {
    const TickSource source = kSources[random() % 2];
    const std::uint64_t length = random() >> (random() % 64);
    EXPECT_GE(static_cast<std::int64_t>(clock.duration_nanoseconds(source, length)), 0) << length;
    if (i % 10'000 == 0) clock.calibrate();
  }
}

TEST(WallClock, GivesTicksThatWentBackwardsNoDuration) {
  const WallClock clock;
  for (const TickSource source : kSources) {
    EXPECT_EQ(clock.duration_nanoseconds(source, 0), 0U);
    EXPECT_EQ(clock.duration_nanoseconds(source, static_cast<std::uint64_t>(-1)), 0U);
    EXPECT_EQ(clock.duration_nanoseconds(source, static_cast<std::uint64_t>(INT64_MIN)), 0U);
  }
}

TEST(WallClock, KeepsOneMomentWhereItWasAcrossCalibrations) {
  WallClock clock;
  const std::uint64_t tick = read_ticks(TickSource::monotonic);
  const std::uint64_t placed = clock.unix_nanoseconds(TickSource::monotonic, tick);
  for (int i = 0; i < 5; ++i) {
    spin_for(kMillisecond);
    clock.calibrate();
    EXPECT_EQ(clock.unix_nanoseconds(TickSource::monotonic, tick), placed);
  }
}

TEST(TickSource, IsNeverSlowerThanItsClock) {
  std::uint64_t last = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t now = read_ticks(tick_source());
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace ergon::base
