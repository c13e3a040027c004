#include "telemetry/record/log_turns.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <source_location>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {
namespace {

using namespace std::chrono_literals;
using ergon::testing::find;
using ergon::testing::RecordedLog;
using ergon::testing::Recorder;
using ergon::testing::Recording;
using telemetry::LogTurns;

constexpr std::uint64_t kPlace = 0x1234;

// A table with a clock of the test's own.
class Turns : public ::testing::Test {
 protected:
  bool take(const detail::LogLimit& limit, std::uint64_t place = kPlace) {
    suppressed_ = 0;
    return turns_->take(place, limit, [this] { return now_; }, suppressed_);
  }

  const std::unique_ptr<LogTurns> turns_ = std::make_unique<LogTurns>();
  std::uint64_t now_{1'000};
  std::uint64_t suppressed_{0};
};

TEST_F(Turns, InCountAreTheFirstAndEachNth) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(take({.calls = 3}), i % 3 == 0) << i;
    EXPECT_EQ(suppressed_, i % 3 == 0 && i > 0 ? 2U : 0U) << i;
  }
}

TEST_F(Turns, InTimeAreTheFirstAndOneInEachInterval) {
  const detail::LogLimit limit{.nanoseconds = 100};
  EXPECT_TRUE(take(limit));
  EXPECT_EQ(suppressed_, 0U);
  now_ += 99;
  EXPECT_FALSE(take(limit));
  EXPECT_FALSE(take(limit));
  now_ += 1;
  EXPECT_TRUE(take(limit));
  EXPECT_EQ(suppressed_, 2U);
  EXPECT_FALSE(take(limit));
  now_ += 100'000;
  EXPECT_TRUE(take(limit));
  EXPECT_EQ(suppressed_, 1U);
}

TEST_F(Turns, OfALongIntervalDoNotOverflow) {
  const detail::LogLimit limit{.nanoseconds = std::numeric_limits<std::int64_t>::max()};
  now_ = std::numeric_limits<std::uint64_t>::max() - 10;
  EXPECT_TRUE(take(limit));
  now_ += 5;
  EXPECT_FALSE(take(limit));
}

TEST_F(Turns, AreEachPlacesOwn) {
  EXPECT_TRUE(take({.calls = 2}, 1));
  EXPECT_TRUE(take({.calls = 2}, 2));
  EXPECT_TRUE(take({.calls = 2}, 1 + LogTurns::kPlaces)) << "of the same entry, were it free";
  for (const std::uint64_t place : {std::uint64_t{1}, std::uint64_t{2}, 1 + LogTurns::kPlaces})
    EXPECT_FALSE(take({.calls = 2}, place));
}

TEST_F(Turns, AreAnybodysWhereTheTableIsFull) {
  const detail::LogLimit limit{.calls = 1'000};
  std::size_t unknown = 0;
  for (std::uint64_t place = 1; place <= 2 * LogTurns::kPlaces; ++place) {
    EXPECT_TRUE(take(limit, place));
    unknown += take(limit, place) ? 1 : 0;
  }
  EXPECT_EQ(unknown, LogTurns::kPlaces);
}

TEST_F(Turns, OfManyThreadsAreCountedOnceConcurrentSafe) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 30'000;
  std::atomic<std::uint64_t> passed{0};
  std::atomic<std::uint64_t> held{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < kCalls; ++call) {
        for (std::uint64_t place = 1; place <= 3; ++place) {
          std::uint64_t suppressed = 0;
          if (!turns_->take(place, {.calls = 100}, [] { return 0U; }, suppressed)) continue;
          ++passed;
          held += suppressed;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  constexpr std::uint64_t kOfAPlace = kThreads * kCalls / 100;
  EXPECT_EQ(passed, 3 * kOfAPlace);
  EXPECT_EQ(held, 3 * (kOfAPlace - 1) * 99);
}

TEST_F(Turns, InTimeAreOneThreadsConcurrentSafe) {
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 10'000; ++call) {
        std::uint64_t suppressed = 0;
        if (turns_->take(kPlace, {.nanoseconds = 100}, [] { return 1'000U; }, suppressed)) ++passed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 1);
  now_ = 1'100;
  EXPECT_TRUE(take({.nanoseconds = 100}));
  EXPECT_EQ(suppressed_, 39'999U);
}

TEST(PlaceNumber, TellsPlacesApart) {
  const auto here = std::source_location::current();
  const std::vector places{here, std::source_location::current(), std::source_location::current()};
  EXPECT_NE(telemetry::number_of(places[0]), telemetry::number_of(places[1]));
  EXPECT_NE(telemetry::number_of(places[1]), telemetry::number_of(places[2])) << "of one line";
  EXPECT_EQ(telemetry::number_of(places[0]), telemetry::number_of(here));
  EXPECT_NE(telemetry::number_of({}), 0U);
}

// What follows logs by the process's own table, which never forgets: so each in a process of its own.
void log_one_in_three() {
  Recorder recorder;
  const Logger log = get_logger("turns");
  for (int i = 0; i < 7; ++i) log.every_n(3).info("{}", i);
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(recording.logs()[i].message, std::to_string(3 * i));
    EXPECT_EQ(find(recording.logs()[i].attributes, "ergon.log.suppressed"), i == 0 ? "" : "2");
  }
}

TEST(EveryN, RecordsTheFirstAndEachNthAndSaysWhatWasHeldBack) { run_in_fresh_process(&log_one_in_three); }

void log_once_in_an_hour() {
  MemorySession session;
  for (int i = 0; i < 100; ++i) get_logger("turns").every(1h).warning("{}", i);
  EXPECT_TRUE(session.flush());
  EXPECT_EQ(session.statistics().logs.total.created, 1U) << "what is held back is in no books";
  EXPECT_EQ(session.statistics().logs.total.delivered, 1U);
}

TEST(Every, RecordsTheFirstOfAnInterval) { run_in_fresh_process(&log_once_in_an_hour); }

void log_all_without_a_limit() {
  Recorder recorder;
  const Logger log = get_logger("turns");
  for (int i = 0; i < 5; ++i) {
    log.every_n(0).info("n");
    log.every_n(1).info("n");
    log.every(0ns).info("t");
    log.every(-1s).info("t");
  }
  EXPECT_EQ(recorder.stop().logs().size(), 20U);
}

TEST(Every, IsNoLimitWhereThereIsNone) { run_in_fresh_process(&log_all_without_a_limit); }

void log_with_all_there_is() {
  Recorder recorder;
  const Logger log = get_logger("turns");
  for (int i = 0; i < 4; ++i) {
    log.with({{"key", i}}).event("e").every_n(2).info("{}", i);
    log.every_n(2).event("e").with({{"key", i}}).info("{}", i);
    log.every_n(2).with({{"key", i}}).event("e").exception("{}", i);
    log.every_n(2).with({{"key", i}}).event("e").info(fmt::runtime("{}"), i);
  }
  const Recording recording = recorder.stop();
  ASSERT_EQ(recording.logs().size(), 8U);
  for (const RecordedLog& one : recording.logs()) {
    EXPECT_EQ(one.event_name, "e");
    EXPECT_EQ(find(one.attributes, "key"), one.message);
    EXPECT_EQ(find(one.attributes, "ergon.log.suppressed"), one.message == "0" ? "" : "1");
  }
}

TEST(Every, GoesWithAttributesEventsAndExceptions) { run_in_fresh_process(&log_with_all_there_is); }

void count_what_is_enabled() {
  TelemetryConfig config = everything();
  config.logging->level = Level::info;
  MemorySession session(config);
  const auto log_twice = [](Level level) {
    for (int i = 0; i < 2; ++i) get_logger("turns").every_n(10).log(level, "text");
  };
  log_twice(Level::debug);
  log_twice(Level::info);
  EXPECT_TRUE(session.flush());
  EXPECT_EQ(session.statistics().logs.total.created, 1U);
}

TEST(EveryN, CountsOnlyWhereTheLevelIsOn) { run_in_fresh_process(&count_what_is_enabled); }

}  // namespace
}  // namespace ergon::test
