// metrics/sdk.md: explicit bucket and base-2 exponential histogram aggregation; metrics.proto.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "conformance/metrics/collected.hpp"

namespace ergon::test {
namespace {

using Counts = std::vector<std::uint64_t>;

Meter meter() { return get_meter("conformance.histograms"); }

TelemetryConfig exponential(Base2ExponentialBucketHistogram aggregation = {}) {
  return with_metrics({.views = {View{.selector = {.meter_name = "conformance.histograms"},
                                      .stream = {.aggregation = aggregation}}}});
}

TEST(ExplicitBucketHistogramClause, HasSumAndExtremesAndBucketsThatBelongToTheirUpperBound) {
  MemorySession session;
  const auto histogram = meter().histogram("explicit", {.boundaries = {1, 2}});
  for (const double value : {1.0, 1.5, 2.0, 2.5}) histogram.record(value);
  const auto point = collect_one(session, "explicit").histogram().data_points(0);
  EXPECT_EQ(Counts(point.bucket_counts().begin(), point.bucket_counts().end()), (Counts{1, 2, 1}));
  EXPECT_EQ(point.sum(), 7);
  EXPECT_EQ(point.min(), 1);
  EXPECT_EQ(point.max(), 2.5);
}

TEST(ExplicitBucketHistogramClause, HasNoExtremesWhereTheyAreOff) {
  MemorySession session(with_metrics(
      {.views = {View{.selector = {.instrument_name = "no.extremes"},
                      .stream = {.aggregation = ExplicitBucketHistogram{.boundaries = std::vector<double>{5},
                                                                        .record_min_max = false}}}}}));
  meter().histogram("no.extremes").record(1);
  const auto point = collect_one(session, "no.extremes").histogram().data_points(0);
  EXPECT_FALSE(point.has_min());
  EXPECT_FALSE(point.has_max());
  EXPECT_EQ(point.bucket_counts_size(), 2);
}

TEST(ExplicitBucketHistogramClause, HasNoSumOfWhatMayFall) {
  MemorySession session(
      with_metrics({.views = {View{.selector = {.instrument_name = "falls"},
                                   .stream = {.aggregation = ExplicitBucketHistogram{}}}}}));
  meter().up_down_counter("falls").add(-3);
  const auto point = collect_one(session, "falls").histogram().data_points(0);
  EXPECT_EQ(point.count(), 1U);
  EXPECT_FALSE(point.has_sum());
  EXPECT_EQ(point.min(), -3);
}

TEST(Measurements, ThatAreNoNumbersChangeNothing) {
  MemorySession session;
  const auto histogram = meter().histogram("numbers");
  histogram.record(1);
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) histogram.record(value);
  const auto point = collect_one(session, "numbers").histogram().data_points(0);
  EXPECT_EQ(point.count(), 1U);
  EXPECT_EQ(point.sum(), 1);
  EXPECT_EQ(point.max(), 1);
}

TEST(ExponentialHistogramClause, HasTheMaximumScaleOfASingleValue) {
  MemorySession session(exponential());
  meter().histogram("single").record(3);
  const ProtoMetric metric = collect_one(session, "single");
  ASSERT_TRUE(metric.has_exponential_histogram());
  const auto& point = metric.exponential_histogram().data_points(0);
  EXPECT_EQ(point.scale(), 20);
  EXPECT_EQ(point.count(), 1U);
  ASSERT_EQ(point.positive().bucket_counts_size(), 1);
  constexpr double kBucketsPerOctave = 1 << 20;
  EXPECT_LT(std::exp2(point.positive().offset() / kBucketsPerOctave), 3);
  EXPECT_GE(std::exp2((point.positive().offset() + 1) / kBucketsPerOctave), 3);
}

TEST(ExponentialHistogramClause, UsesMoreThanHalfOfItsBucketsForWideData) {
  MemorySession session(exponential());
  const auto histogram = meter().histogram("wide");
  for (int i = 0; i < 2'000; ++i) histogram.record(std::exp2(i / 50.0));
  const auto point = collect_one(session, "wide").exponential_histogram().data_points(0);
  EXPECT_GT(point.positive().bucket_counts_size(), 80);
  EXPECT_LE(point.positive().bucket_counts_size(), 160);
  const auto& counts = point.positive().bucket_counts();
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), 2'000U);
  EXPECT_EQ(point.min(), 1);
  EXPECT_EQ(point.max(), std::exp2(1'999 / 50.0));
}

TEST(ExponentialHistogramClause, KeepsZeroAndNegativeValuesApart) {
  MemorySession session(exponential({.max_scale = 0}));
  const auto histogram = meter().histogram("signs");
  for (const double value : {0.0, 3.0, -3.0, -6.0}) histogram.record(value);
  const auto point = collect_one(session, "signs").exponential_histogram().data_points(0);
  EXPECT_EQ(point.scale(), 0);
  EXPECT_EQ(point.zero_count(), 1U);
  EXPECT_EQ(point.positive().offset(), 1);
  EXPECT_EQ(Counts(point.negative().bucket_counts().begin(), point.negative().bucket_counts().end()),
            (Counts{1, 1}));
  EXPECT_EQ(point.negative().offset(), 1);
}

TEST(ExponentialHistogramClause, KeepsToItsSizeWhateverTheValues) {
  MemorySession session(exponential({.max_size = 4}));
  const auto histogram = meter().histogram("extreme");
  for (const double value :
       {std::numeric_limits<double>::denorm_min(), 1.0, 1e-9, std::numeric_limits<double>::max()})
    histogram.record(value);
  const auto point = collect_one(session, "extreme").exponential_histogram().data_points(0);
  EXPECT_LE(point.positive().bucket_counts_size(), 4);
  EXPECT_EQ(point.count(), 4U);
}

TEST(DefaultHistogramAggregation, IsTheReaders) {
  const OtlpGrpcMetricExporter exporter{.default_histogram_aggregation =
                                            HistogramAggregation::exponential_buckets};
  MemorySession session(with_metrics({.readers = {PeriodicReader{.exporter = exporter}, PeriodicReader{}}}));
  get_meter("conformance.default").histogram("by.reader").record(1);
  int exponential_ones = 0;
  int explicit_ones = 0;
  for (const ProtoMetric& metric : collect(session, "by.reader")) {
    exponential_ones += metric.has_exponential_histogram() ? 1 : 0;
    explicit_ones += metric.has_histogram() ? 1 : 0;
  }
  EXPECT_EQ(exponential_ones, 1);
  EXPECT_EQ(explicit_ones, 1);
}

}  // namespace
}  // namespace ergon::test
