#include "telemetry/export/quantile.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace ergon::telemetry {
namespace {

TEST(Quantile, LiesWithinItsBucket) {
  const HistogramData histogram{
      .count = 4, .minimum = 0, .maximum = 30, .boundaries = {10, 20}, .bucket_counts = {2, 1, 1}};
  EXPECT_EQ(estimated_quantile(histogram, 0.25), 5);
  EXPECT_EQ(estimated_quantile(histogram, 0.5), 10);
  EXPECT_EQ(estimated_quantile(histogram, 0.75), 20);
  EXPECT_EQ(estimated_quantile(histogram, 1), 30);
}

TEST(Quantile, EndsAtTheBoundsWhereExtremesAreUnknown) {
  const HistogramData positive{.count = 2, .boundaries = {10}, .bucket_counts = {1, 1}};
  EXPECT_EQ(estimated_quantile(positive, 0.25), 5) << "from 0 on";
  EXPECT_EQ(estimated_quantile(positive, 1), 10) << "nothing is known of what is above";
  const HistogramData negative{.count = 1, .boundaries = {-10}, .bucket_counts = {1, 0}};
  EXPECT_EQ(estimated_quantile(negative, 0.5), -10);
}

TEST(Quantile, IsNoneWhereBucketsDontTell) {
  EXPECT_EQ(estimated_quantile(HistogramData{}, 0.5), std::nullopt);
  const HistogramData one_bucket{.count = 3, .bucket_counts = {3}};
  EXPECT_EQ(estimated_quantile(one_bucket, 0.5), std::nullopt);
  EXPECT_EQ(estimated_quantile(ExponentialHistogramData{}, 0.5), std::nullopt);
}

// At scale 0 bucket i is from 2^i to 2^(i+1).
TEST(Quantile, OfExponentialBucketsGoesThroughNegativeZeroAndPositive) {
  const ExponentialHistogramData histogram{.count = 10,
                                           .scale = 0,
                                           .zero_count = 2,
                                           .positive = {.offset = 1, .counts = {2, 2}},
                                           .negative = {.offset = 0, .counts = {2, 2}}};
  EXPECT_EQ(estimated_quantile(histogram, 0.1), -3) << "half way from -4 to -2";
  EXPECT_EQ(estimated_quantile(histogram, 0.4), -1);
  EXPECT_EQ(estimated_quantile(histogram, 0.5), 0);
  EXPECT_EQ(estimated_quantile(histogram, 0.7), 3);
  EXPECT_EQ(estimated_quantile(histogram, 1), 8);
}

TEST(Quantile, OfExponentialBucketsStaysWithinTheExtremes) {
  const ExponentialHistogramData histogram{
      .count = 1, .minimum = 5, .maximum = 5, .scale = 0, .positive = {.offset = 2, .counts = {1}}};
  EXPECT_EQ(estimated_quantile(histogram, 0.5), 5);
}

}  // namespace
}  // namespace ergon::telemetry
