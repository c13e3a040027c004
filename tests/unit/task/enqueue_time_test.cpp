#include "task/enqueue_time.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ergon::detail {
namespace {

using namespace std::chrono;

system_clock::time_point at(milliseconds since_epoch) { return system_clock::time_point(since_epoch); }

Metadata sent(std::string text) { return {{"ergon.enqueue_time", std::move(text)}}; }

TEST(EnqueueTime, IsReadAsItWasWritten) {
  for (const milliseconds time : {0ms, 1ms, 1'795'561'640'123ms}) {
    Metadata metadata{{"another", "x"}};
    set_enqueue_time(metadata, enqueue_time_text(at(time)));
    EXPECT_EQ(enqueue_time(metadata), at(time)) << metadata.at("ergon.enqueue_time");
  }
  EXPECT_EQ(enqueue_time_text(at(1'700'000'000'045ms)), "2023-11-14T22:13:20.045Z");
}

TEST(EnqueueTime, HasAnyNumberOfDigits) {
  EXPECT_EQ(enqueue_time(sent("1970-01-01T00:00:01Z")), at(1s));
  EXPECT_EQ(enqueue_time(sent("1970-01-01T00:00:01.5Z")), at(1'500ms));
  EXPECT_EQ(enqueue_time(sent("1970-01-01T00:00:01.123456789123Z")),
            at(1s) + duration_cast<system_clock::duration>(123'456'789ns));
}

TEST(EnqueueTime, IsNothingWhereThereIsNoTime) {
  EXPECT_EQ(enqueue_time({}), std::nullopt);
  for (const char* text :
       {"", "yesterday", "1970-01-01T00:00:01", "1970-01-01 00:00:01Z", "1970-13-01T00:00:01Z",
        "1970-02-30T00:00:01Z", "1970-01-01T24:00:01Z", "1970-01-01T00:60:01Z", "1970-01-01T00:00:61Z",
        "1970-01-01T00:00:01+01:00", "1970-01-01T00:00:01.5", "1970-01-01T00:00:01.xZ", "19700101T000001Z",
        "0000-01-01T00:00:01Z", "1677-01-01T00:00:01Z", "2263-01-01T00:00:01Z", "9999-12-31T23:59:59Z"})
    EXPECT_EQ(enqueue_time(sent(text)), std::nullopt) << text;
}

std::optional<double> waited(std::chrono::seconds ago, std::optional<std::chrono::seconds> held_back = {}) {
  const auto now = std::chrono::system_clock::now();
  Metadata metadata;
  set_enqueue_time(metadata, enqueue_time_text(now - ago));
  if (held_back) metadata["ergon.not_before"] = enqueue_time_text(now - *held_back);
  const auto time = time_in_queue(metadata);
  return time ? std::optional(time->count()) : std::nullopt;
}

TEST(TimeInQueue, IsCountedFromTheSending) {
  EXPECT_NEAR(waited(100s).value(), 100, 5);
  EXPECT_FALSE(time_in_queue({}));
  EXPECT_FALSE(time_in_queue({{"ergon.enqueue_time", "soon"}}));
}

TEST(TimeInQueue, IsNothingByAClockThatIsAhead) { EXPECT_EQ(waited(-3'600s), 0); }

TEST(TimeInQueue, OfWhatWasHeldBackBeginsThen) {
  EXPECT_NEAR(waited(100s, 40s).value(), 40, 5);
  EXPECT_NEAR(waited(100s, 200s).value(), 100, 5);  // it was sent after that
  EXPECT_EQ(waited(100s, -60s), 0);                 // taken before its time
}

}  // namespace
}  // namespace ergon::detail
