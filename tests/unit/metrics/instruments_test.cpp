#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
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
using ergon::testing::PointKind;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("instruments");
}

TEST(UpDownCounter, GrowsAndFalls) {
  const auto whole = meter().up_down_counter("updown.whole");
  const auto real = meter().up_down_counter<double>("updown.real");
  for (const int value : {5, -7, 0, 1}) {
    whole.add(value);
    real.add(value / 2.0);
  }
  EXPECT_EQ(point_of("updown.whole").value, -1);
  EXPECT_EQ(point_of("updown.real").value, -0.5);
}

TEST(UpDownCounter, StaysAtEitherEndOfItsRange) {
  const auto counter = meter().up_down_counter("updown.range");
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  for (int i = 0; i < 3; ++i) counter.add(kLeast);
  EXPECT_EQ(point_of("updown.range").value, static_cast<double>(kLeast));
}

TEST(UpDownCounter, IgnoresWhatIsNoNumber) {
  const auto counter = meter().up_down_counter<double>("updown.nan");
  counter.add(1);
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) counter.add(value);
  EXPECT_EQ(point_of("updown.nan").value, 1);
}

TEST(DoubleSum, DoesNotBecomeInfinite) {
  const auto counter = meter().counter<double>("sum.huge");
  const auto histogram = meter().histogram("sum.huge.histogram");
  for (int i = 0; i < 3; ++i) {
    counter.add(std::numeric_limits<double>::max());
    histogram.record(std::numeric_limits<double>::max());
  }
  EXPECT_EQ(point_of("sum.huge").value, std::numeric_limits<double>::max());
  EXPECT_EQ(point_of("sum.huge.histogram").sum, std::numeric_limits<double>::max());
}

TEST(Gauge, HasTheLastValueOfAnyThread) {
  const auto gauge = meter().gauge("gauge.last");
  EXPECT_TRUE(points_of("gauge.last").empty());
  gauge.record(3);
  std::thread([&] { gauge.record(7.5); }).join();
  EXPECT_EQ(point_of("gauge.last").value, 7.5);
  EXPECT_EQ(point_of("gauge.last").kind, PointKind::gauge);
  gauge.record(-2);
  for (const double value : {std::nan(""), HUGE_VAL}) gauge.record(value);
  EXPECT_EQ(point_of("gauge.last").value, -2) << "and keeps it from one collection to the next";
  EXPECT_EQ(point_of("gauge.last").value, -2);
}

TEST(Gauge, TellsSetsOfAttributesApart) {
  const auto gauge = meter().gauge<std::int64_t>("gauge.sets");
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) gauge.record(i + round, {{"id", i}});
  }
  std::set<double> values;
  for (const auto& point : points_of("gauge.sets")) values.insert(point.value);
  EXPECT_EQ(values, (std::set<double>{2, 3, 4, 5}));
}

TEST(BoundCounter, CountsWithItsInstrument) {
  const auto counter = meter().counter("bound");
  const auto bound = counter.bind({{"b", 2}, {"a", 1}});
  const auto same = counter.bind({{"a", 1}, {"b", 2}});
  bound.add(1);
  same.add(10);
  counter.add(100, {{"a", 1}, {"b", 2}});
  bound.add(-1);
  std::thread([bound] { bound.add(1'000); }).join();
  const auto point = point_of("bound");
  EXPECT_EQ(point.value, 1'111);
  EXPECT_EQ(find(point.attributes, "a"), "1");
}

TEST(BoundCounter, HasNoPointBeforeItIsUsed) {
  const auto bound = meter().counter("bound.unused").bind();
  EXPECT_TRUE(points_of("bound.unused").empty());
  bound.add(0);
  EXPECT_EQ(points_of("bound.unused").size(), 1U);
}

TEST(BoundInstruments, AreOfEveryKind) {
  const auto counter = meter().counter<double>("bound.real").bind();
  const auto up_down = meter().up_down_counter("bound.updown").bind();
  const auto gauge = meter().gauge("bound.gauge").bind();
  const auto histogram = meter().histogram<std::int64_t>("bound.histogram", {.boundaries = {1, 2}}).bind();
  counter.add(0.5);
  counter.add(std::nan(""));
  up_down.add(-4);
  gauge.record(9);
  for (std::int64_t value = 1; value <= 3; ++value) histogram.record(value);
  EXPECT_EQ(point_of("bound.real").value, 0.5);
  EXPECT_EQ(point_of("bound.updown").value, -4);
  EXPECT_EQ(point_of("bound.gauge").value, 9);
  EXPECT_EQ(point_of("bound.histogram").buckets, (std::vector<std::uint64_t>{1, 1, 1}));
}

TEST(BoundCounter, IsSharedByThreadsConcurrentSafe) {
  constexpr int kThreads = 4;
  constexpr int kAdds = 50'000;
  const auto bound = meter().counter("bound.threads").bind({{"a", "b"}});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([bound] {
      for (int i = 0; i < kAdds; ++i) bound.add(1);
    });
  }
  double last = 0;
  for (int look = 0; look < 20; ++look) {
    const auto points = points_of("bound.threads");
    if (points.empty()) continue;
    EXPECT_GE(points[0].value, last);
    last = points[0].value;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(point_of("bound.threads").value, kThreads * kAdds);
}

// Sets in any order of any kinds, so that what a thread remembers of them is right and wrong in turns.
TEST(GivenAttributes, AreToldApartWhateverTheirLength) {
  const auto counter = meter().counter("given");
  const std::vector<std::size_t> sizes{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 100};
  std::vector<std::string> texts;
  for (const std::size_t size : sizes) {
    texts.emplace_back(size, 'x');
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      if (size == 0) continue;
      texts.emplace_back(size, 'x').at(at) = 'y';
    }
  }
  std::set<std::string> different(texts.begin(), texts.end());
  for (int round = 0; round < 3; ++round) {
    for (const std::string& text : texts) counter.add(1, {{"text", text}, {"b", 1}});
    for (const std::string& text : different) counter.add(100, {{"text", text}, {"b", 1}});
  }
  EXPECT_EQ(points_of("given").size(), different.size());
  double total = 0;
  for (const auto& point : points_of("given")) {
    EXPECT_GE(point.value, 303);
    EXPECT_EQ(static_cast<int>(point.value) / 100, 3);
    total += point.value;
  }
  EXPECT_EQ(total, 3.0 * static_cast<double>(texts.size() + 100 * different.size()));
}

TEST(GivenAttributes, AreToldApartByKindAndNumber) {
  const auto counter = meter().counter("given.kinds");
  for (int round = 0; round < 4; ++round) {
    counter.add(1, {{"a", 1}});
    counter.add(1, {{"a", 1.0}});
    counter.add(1, {{"a", true}});
    counter.add(1, {{"a", "1"}});
    counter.add(1, {{"a", std::vector<int>{1}}});
    counter.add(1, {{"a", {}}});
    counter.add(1,
                {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}, {"f", 1}, {"g", 1}, {"h", 1}, {"i", 1}});
  }
  EXPECT_EQ(points_of("given.kinds").size(), 7U);
  for (const auto& point : points_of("given.kinds")) EXPECT_EQ(point.value, 4);
}

// What telemetry itself calls must not count for the program.
TEST(Instruments, IgnoreSuppressedThreads) {
  const auto counter = meter().counter("suppressed");
  const auto bound = counter.bind();
  bound.add(1);
  {
    const detail::RecordingPause pause;
    bound.add(10);
    counter.add(10);
  }
  bound.add(1);
  EXPECT_EQ(point_of("suppressed").value, 2);
}

TEST(Instruments, TellOfNamesThatAreNone) {
  const std::string long_name(256, 'x');
  for (const std::string& name : {std::string(), std::string("1st"), std::string("a b"), long_name}) {
    ::testing::internal::CaptureStderr();
    meter().counter(name).add(1);
    static_cast<void>(::testing::internal::GetCapturedStderr());  // told once in ten seconds
    EXPECT_EQ(points_of(name).size(), 1U) << "it works all the same";
  }
}

TEST(Instruments, AreEnabledWhereAStreamTakesThem) {
  const auto counter = meter().counter("enabled");
  EXPECT_TRUE(counter.enabled());
  EXPECT_TRUE(meter().observable_gauge("enabled.observable").enabled());
  const auto bound = counter.bind();
  {
    const PlanScope off(MetricsPlan{.readers = {}});
    EXPECT_FALSE(counter.enabled());
    counter.add(1);
    bound.add(1);
  }
  EXPECT_TRUE(counter.enabled());
  EXPECT_TRUE(points_of("enabled").empty());
  bound.add(2);
  EXPECT_EQ(point_of("enabled").value, 2);
}

}  // namespace
}  // namespace ergon::telemetry::test
