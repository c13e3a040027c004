#include "telemetry/logging/record_filter.hpp"

#include <gtest/gtest.h>

#include <string>

#include "telemetry/record/scope_registry.hpp"
#include "unit/logging/log_requests.hpp"

namespace ergon::telemetry::test {
namespace {

bool passes(RecordFilter& filter, const TestLog& log, const std::string& logger = "orders.payments") {
  const std::string message = encoded(log);
  const detail::Scope scope{.name = logger};
  AskedRecord record(view_log(message, logger), scope);
  return filter.passes(record);
}

bool passes(const LogFilterConfig& config, const TestLog& log) {
  return passes(*make_record_filter(config), log);
}

TEST(MatchFilter, PassesAllWithoutConditions) { EXPECT_TRUE(passes(MatchFilter{}, {.level = Level::trace})); }

TEST(MatchFilter, LooksAtTheLogger) {
  EXPECT_TRUE(passes(MatchFilter{.loggers = {"mail", "orders.*"}}, {}));
  EXPECT_FALSE(passes(MatchFilter{.loggers = {"mail", "orders"}}, {}));
}

TEST(MatchFilter, LooksAtTheLevel) {
  const MatchFilter middle{.min_level = Level::info, .max_level = Level::warning};
  EXPECT_FALSE(passes(middle, {.level = Level::debug}));
  EXPECT_TRUE(passes(middle, {.level = Level::info}));
  EXPECT_TRUE(passes(middle, {.level = Level::warning}));
  EXPECT_FALSE(passes(middle, {.level = Level::error}));
}

TEST(MatchFilter, LooksForAnExpressionInTheMessage) {
  const MatchFilter health{.message = "^GET /health(z)?\\b"};
  EXPECT_TRUE(passes(health, {.message = "GET /healthz 200"}));
  EXPECT_FALSE(passes(health, {.message = "GET /healthy 200"}));
}

TEST(MatchFilter, LooksAtAttributes) {
  std::string number;
  wire::append_number(number, 3, 404);
  const TestLog log{.attributes = {{"status", number}, {"path", string_value("/a/b")}}};
  EXPECT_TRUE(passes(MatchFilter{.attributes = {{"status", "4??"}, {"path", "/a/*"}}}, log));
  EXPECT_FALSE(passes(MatchFilter{.attributes = {{"status", "4??"}, {"path", "/b/*"}}}, log));
  EXPECT_FALSE(passes(MatchFilter{.attributes = {{"none", "*"}}}, log)) << "it must be there";
}

TEST(MatchFilter, CanPassTheOthers) {
  EXPECT_FALSE(passes(MatchFilter{.message = "noise", .invert = true}, {.message = "noise"}));
  EXPECT_TRUE(passes(MatchFilter{.message = "noise", .invert = true}, {.message = "signal"}));
}

TEST(MatchFilter, IsLinearInWhatItReads) {
  EXPECT_FALSE(passes(MatchFilter{.message = "(a*)*b"}, {.message = std::string(200'000, 'a')}));
}

TEST(RateFilter, PassesSoManyASecond) {
  const auto filter = make_record_filter(RateFilter{.records_per_second = 5});
  const auto passed_at = [&](std::uint64_t milliseconds, int asked) {
    int passed = 0;
    for (int i = 0; i < asked; ++i) {
      const TestLog log{.seconds = 1'000 + milliseconds / 1'000,
                        .nanoseconds = milliseconds % 1'000 * 1'000'000};
      passed += passes(*filter, log) ? 1 : 0;
    }
    return passed;
  };
  EXPECT_EQ(passed_at(0, 20), 5) << "as many at once as a second allows";
  EXPECT_EQ(passed_at(400, 20), 2);
  EXPECT_EQ(passed_at(100, 20), 0) << "an older record fills nothing";
  EXPECT_EQ(passed_at(60'000, 20), 5) << "and no more after a long time";
}

TEST(RateFilter, PassesLessThanOneASecond) {
  const auto filter = make_record_filter(RateFilter{.records_per_second = 0.5});
  int passed = 0;
  for (std::uint64_t second = 1; second <= 20; ++second)
    passed += passes(*filter, TestLog{.seconds = second}) ? 1 : 0;
  EXPECT_EQ(passed, 10);
}

}  // namespace
}  // namespace ergon::telemetry::test
