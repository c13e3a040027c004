#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

namespace ergon::telemetry::test {
namespace {

using ergon::testing::find;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("counters");
}

TEST(Counter, AddsUp) {
  const auto whole = meter().counter("adds.whole", {.unit = "{order}"});
  const auto real = meter().counter<double>("adds.real");
  for (int i = 1; i <= 100; ++i) {
    whole.add(i);
    real.add(0.5);
  }
  EXPECT_EQ(point_of("adds.whole").value, 5'050);
  EXPECT_EQ(point_of("adds.whole").unit, "{order}");
  EXPECT_EQ(point_of("adds.real").value, 50);
}

TEST(Counter, IgnoresWhatIsNoIncrement) {
  const auto whole = meter().counter("ignores.whole");
  const auto real = meter().counter<double>("ignores.real");
  whole.add(7);
  whole.add(-1);
  whole.add(std::numeric_limits<std::int64_t>::min());
  real.add(1.5);
  for (const double value : {-0.1, std::nan(""), HUGE_VAL, -HUGE_VAL}) real.add(value);
  EXPECT_EQ(point_of("ignores.whole").value, 7);
  EXPECT_EQ(point_of("ignores.real").value, 1.5);
}

TEST(Counter, HasAPointOnceItWasUsedEvenWithZero) {
  const auto counter = meter().counter("zero");
  EXPECT_TRUE(points_of("zero").empty());
  counter.add(-1);
  EXPECT_TRUE(points_of("zero").empty());
  counter.add(0);
  EXPECT_EQ(points_of("zero").size(), 1U);
}

TEST(Counter, StaysAtTheEndOfItsRange) {
  const auto counter = meter().counter("overflows");
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < 5; ++i) counter.add(kMost);
  std::thread([&] { counter.add(kMost); }).join();
  EXPECT_EQ(point_of("overflows").value, static_cast<double>(kMost)) << "it stays at the end, it never falls";
}

TEST(Counter, TellsSetsOfAttributesApart) {
  const auto counter = meter().counter("sets");
  counter.add(1, {{"a", 1}});
  counter.add(2, {{"a", "1"}});
  counter.add(4, {{"a", true}});
  counter.add(8, {{"a", 1.0}});
  counter.add(16, {{"b", 1}});
  counter.add(32, {{"a", 1}, {"b", 1}});
  counter.add(64);
  counter.add(128, {{"ab", ""}});
  counter.add(256, {{"a", "b"}});
  std::set<double> values;
  for (const auto& point : points_of("sets")) values.insert(point.value);
  EXPECT_EQ(values, (std::set<double>{1, 2, 4, 8, 16, 32, 64, 128, 256}));
}

TEST(Counter, CaresNeitherForOrderNorForRepetition) {
  const auto counter = meter().counter("order");
  counter.add(1, {{"a", 1}, {"b", 2}, {"c", 3}});
  counter.add(10, {{"c", 3}, {"a", 1}, {"b", 2}});
  counter.add(100, {{"b", 0}, {"a", 1}, {"b", 2}, {"c", 0}, {"c", 3}});
  const auto point = point_of("order");
  EXPECT_EQ(point.value, 111);
  ASSERT_EQ(point.attributes.size(), 3U);
  EXPECT_EQ(find(point.attributes, "b"), "2");
  EXPECT_EQ(find(point.attributes, "c"), "3");
}

TEST(Counter, DropsEmptyKeys) {
  const auto counter = meter().counter("empty.key");
  counter.add(1, {{"", "x"}, {"a", 1}});
  counter.add(2, {{"a", 1}});
  EXPECT_EQ(point_of("empty.key").value, 3);
}

TEST(Counter, TakesManyAndLargeAttributes) {
  const auto counter = meter().counter("large");
  const std::string text(5'000, 'x');
  for (int i = 0; i < 3; ++i)
    counter.add(1, {{"a", text}, {"b", std::vector<int>{1, 2}}, {"c", Map{{"d", 1}}}});
  const auto point = point_of("large");
  EXPECT_EQ(point.value, 3);
  EXPECT_EQ(find(point.attributes, "a"), text);
}

TEST(Counter, IsOneHoweverItIsAskedFor) {
  const auto first = meter().counter("Same.Name");
  const auto second = meter().counter("same.name");
  first.add(1);
  second.add(2);
  EXPECT_EQ(point_of("Same.Name").value, 3) << "the first spelling stays";
}

// What identifies an instrument is compared, not joined: unit and description may hold any separator.
TEST(Counter, IsNotAnotherWhoseDescriptionLooksAlike) {
  meter().counter("alike", {.unit = "By/s", .description = ""}).add(1);
  meter().counter("alike", {.unit = "By", .description = "s/"}).add(2);
  meter().counter("alike", {.unit = "By", .description = "/s"}).add(4);
  std::map<std::string, double> by_unit;
  for (const auto& point : points_of("alike")) by_unit[point.unit] += point.value;
  EXPECT_EQ(by_unit, (std::map<std::string, double>{{"By/s", 1}, {"By", 6}}));
}

TEST(Counter, BelongsToItsScope) {
  meter().counter("scoped").add(1);
  get_meter("counters", {.version = "2"}).counter("scoped").add(2);
  get_meter("others").counter("scoped").add(4);
  EXPECT_EQ(points_of("scoped").size(), 3U);
}

TEST(Counter, KeepsTheValuesOfDeadThreads) {
  const auto counter = meter().counter("threads");
  for (int i = 0; i < 20; ++i) {
    std::thread([&] {
      for (int n = 0; n < 100; ++n) counter.add(1, {{"kind", n % 3}});
    }).join();
  }
  double total = 0;
  for (const auto& point : points_of("threads")) total += point.value;
  EXPECT_EQ(total, 2'000);
  EXPECT_EQ(points_of("threads").size(), 3U);
}

TEST(Counter, CountsAllOfManyThreadsConcurrentSafe) {
  constexpr int kThreads = 4;
  constexpr int kAdds = 20'000;
  const auto counter = meter().counter("concurrent");
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kAdds; ++i) counter.add(1, {{"shared", i % 5}, {"t", t % 2}});
    });
  }
  double last = 0;
  for (int look = 0; look < 10; ++look) {
    double total = 0;
    for (const auto& point : points_of("concurrent")) total += point.value;
    EXPECT_GE(total, last);
    last = total;
  }
  for (std::thread& thread : threads) thread.join();
  double total = 0;
  for (const auto& point : points_of("concurrent")) total += point.value;
  EXPECT_EQ(total, kThreads * kAdds);
}

}  // namespace
}  // namespace ergon::telemetry::test
