#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/metrics/cells.hpp"
#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

namespace ergon::telemetry::test {
namespace {

using Buckets = std::vector<std::uint64_t>;

struct DestroyCell {
  void operator()(Cell* cell) const { destroy_cell(cell); }
};
using OwnedCell = std::unique_ptr<HistogramCell, DestroyCell>;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("histograms");
}

TEST(Histogram, PutsABoundIntoTheBucketBelowIt) {
  const auto histogram = meter().histogram("bounds", {.boundaries = {1, 2, 4}});
  for (const double value : {-5.0, 0.0, 1.0, 1.0000001, 2.0, 3.0, 4.0, 4.5, 1e300}) histogram.record(value);
  const auto point = point_of("bounds");
  EXPECT_EQ(point.buckets, (Buckets{3, 2, 2, 2}));
  EXPECT_EQ(point.count, 9U);
}

TEST(Histogram, HasTheSpecificationsBucketsByDefault) {
  const auto histogram = meter().histogram("defaults");
  const std::vector<double> bounds{0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000};
  for (const double bound : bounds) {
    histogram.record(bound);
    histogram.record(std::nextafter(bound, HUGE_VAL));
  }
  Buckets expected(bounds.size() + 1, 2);
  expected.front() = 1;
  expected.back() = 1;
  EXPECT_EQ(point_of("defaults").buckets, expected);
}

TEST(Histogram, IgnoresWhatIsNotFinite) {
  const auto histogram = meter().histogram("finite");
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) histogram.record(value);
  EXPECT_TRUE(points_of("finite").empty());
  histogram.record(-3);
  EXPECT_EQ(point_of("finite").count, 1U);
  EXPECT_EQ(point_of("finite").sum, -3);
}

TEST(Histogram, TakesWholeNumbers) {
  const auto histogram = meter().histogram<std::int64_t>("whole", {.boundaries = {10}});
  for (std::int64_t value = 1; value <= 20; ++value) histogram.record(value);
  EXPECT_EQ(point_of("whole").buckets, (Buckets{10, 10}));
  EXPECT_EQ(point_of("whole").sum, 210);
}

TEST(Histogram, PutsItsBoundsInOrder) {
  const auto histogram = meter().histogram("mess", {.boundaries = {4, 1, std::nan(""), 2, 2, HUGE_VAL}});
  for (const double value : {0.5, 1.5, 3.0, 5.0, 6.0}) histogram.record(value);
  EXPECT_EQ(point_of("mess").buckets, (Buckets{1, 1, 1, 2}));
}

// Boundaries are advice, not identity (specification: metrics/api.md#instrument-advisory-parameters).
TEST(Histogram, IsOneWhateverBoundariesItIsAskedForWith) {
  ::testing::internal::CaptureStderr();
  meter().histogram("advice", {.boundaries = {1, 2}}).record(1.5);
  meter().histogram("advice", {.boundaries = {2, 1, 1}}).record(0.5);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "the same ones once they are in order";
  ::testing::internal::CaptureStderr();
  meter().histogram("advice", {.boundaries = {10, 20}}).record(15);
  meter().histogram("advice").record(15);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("advice"), std::string::npos) << said;
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
  EXPECT_EQ(point_of("advice").buckets, (Buckets{1, 1, 2})) << "the first ones stay";
}

TEST(Histogram, AgreesWithALinearSearch) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> bounds(1 + random() % 30);
    for (double& bound : bounds) bound = static_cast<double>(random() % 1'000) / 4;
    std::ranges::sort(bounds);
    bounds.erase(std::ranges::unique(bounds).begin(), bounds.end());
    const OwnedCell cell(make_histogram_cell(bounds));
    Buckets expected(bounds.size() + 1, 0);
    double least = HUGE_VAL;
    double most = -HUGE_VAL;
    for (int i = 0; i < 500; ++i) {
      const double value = static_cast<double>(random() % 1'100) / 4 - 5;
      cell->record(value);
      std::size_t bucket = 0;
      while (bucket < bounds.size() && value > bounds[bucket]) ++bucket;
      ++expected[bucket];
      least = std::min(least, value);
      most = std::max(most, value);
    }
    const ExplicitHistogram value = cell->read();
    EXPECT_EQ(value.buckets, expected);
    EXPECT_EQ(value.extremes.minimum, least);
    EXPECT_EQ(value.extremes.maximum, most);
  }
}

// While one thread writes, what another reads is of one moment: count, sum, extremes and buckets agree.
TEST(HistogramCell, ReadsAsOfOneMomentConcurrentSafe) {
  const std::vector<double> bounds{2, 4, 6};
  const OwnedCell cell(make_histogram_cell(bounds));
  std::atomic<bool> is_done{false};
  std::thread writer([&] {
    for (int i = 0; i < 100'000; ++i) cell->record(1 + i % 8);  // 1 to 8, in order
    is_done = true;
  });
  std::uint64_t last = 0;
  while (!is_done) {
    const ExplicitHistogram value = cell->read();
    EXPECT_EQ(std::accumulate(value.buckets.begin(), value.buckets.end(), std::uint64_t{0}), value.count);
    const std::uint64_t rest = value.count % 8;
    const std::uint64_t sum = value.count / 8 * 36 + rest * (rest + 1) / 2;
    EXPECT_EQ(value.sum, static_cast<double>(sum));
    if (value.count > 0) {
      EXPECT_EQ(value.extremes.maximum, static_cast<double>(std::min<std::uint64_t>(value.count, 8)));
      EXPECT_EQ(value.extremes.minimum, 1);
    }
    EXPECT_GE(value.count, last);
    last = value.count;
    if (HasFailure()) break;
  }
  writer.join();
  EXPECT_EQ(cell->read().count, 100'000U);
}

TEST(Histogram, AddsUpItsThreadsConcurrentSafe) {
  constexpr int kThreads = 4;
  constexpr int kRecords = 10'000;
  const auto histogram = meter().histogram("histogram.threads", {.boundaries = {0, 100}});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRecords; ++i) histogram.record(t * 50.0 - 50);
    });
  }
  for (int look = 0; look < 5; ++look) {
    for (const auto& point : points_of("histogram.threads")) {
      EXPECT_EQ(std::accumulate(point.buckets.begin(), point.buckets.end(), std::uint64_t{0}), point.count);
    }
  }
  for (std::thread& thread : threads) thread.join();
  const auto point = point_of("histogram.threads");
  EXPECT_EQ(point.count, std::uint64_t{kThreads} * kRecords);
  EXPECT_EQ(point.buckets, (Buckets{std::uint64_t{2} * kRecords, std::uint64_t{2} * kRecords, 0}));
  EXPECT_EQ(point.sum, kRecords * (-50.0 + 0 + 50 + 100));
}

}  // namespace
}  // namespace ergon::telemetry::test
