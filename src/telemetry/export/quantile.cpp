#include "telemetry/export/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace ergon::inline v0::telemetry {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Bucket {
  double lower;
  double upper;
  std::uint64_t count;
};

std::optional<double> within(const Bucket& bucket, double share) {
  const bool has_lower = std::isfinite(bucket.lower);
  if (!has_lower && !std::isfinite(bucket.upper)) return std::nullopt;
  if (!has_lower) return bucket.upper;
  if (!std::isfinite(bucket.upper)) return bucket.lower;
  return bucket.lower + (bucket.upper - bucket.lower) * share;
}

// Of buckets in rising order.
template <class Histogram>
std::optional<double> quantile_of(const std::vector<Bucket>& buckets, const Histogram& histogram,
                                  double share) {
  const double rank = share * static_cast<double>(histogram.count);
  double seen = 0;
  for (Bucket bucket : buckets) {
    if (bucket.count == 0) continue;
    const auto count = static_cast<double>(bucket.count);
    if (seen + count < rank) {
      seen += count;
      continue;
    }
    if (histogram.minimum) bucket.lower = std::max(bucket.lower, *histogram.minimum);
    if (histogram.maximum) bucket.upper = std::min(bucket.upper, *histogram.maximum);
    return within(bucket, std::clamp((rank - seen) / count, 0.0, 1.0));
  }
  return std::nullopt;
}

double bound_of(std::int64_t index, std::int32_t scale) {
  return std::exp2(std::ldexp(static_cast<double>(index), -scale));
}

}  // namespace

std::optional<double> estimated_quantile(const HistogramData& histogram, double share) {
  const std::vector<double>& boundaries = histogram.boundaries;
  if (histogram.bucket_counts.size() != boundaries.size() + 1) return std::nullopt;
  std::vector<Bucket> buckets;
  double lower = -kInfinity;
  if (!histogram.minimum && !boundaries.empty() && boundaries.front() > 0) lower = 0;
  for (std::size_t i = 0; i < histogram.bucket_counts.size(); ++i) {
    const double upper = i < boundaries.size() ? boundaries[i] : kInfinity;
    buckets.push_back({lower, upper, histogram.bucket_counts[i]});
    lower = upper;
  }
  return quantile_of(buckets, histogram, share);
}

std::optional<double> estimated_quantile(const ExponentialHistogramData& histogram, double share) {
  std::vector<Bucket> buckets;
  const ExponentialBucketsData& negative = histogram.negative;
  for (std::size_t i = negative.counts.size(); i-- > 0;) {
    const std::int64_t index = std::int64_t{negative.offset} + static_cast<std::int64_t>(i);
    buckets.push_back(
        {-bound_of(index + 1, histogram.scale), -bound_of(index, histogram.scale), negative.counts[i]});
  }
  buckets.push_back({0, 0, histogram.zero_count});
  const ExponentialBucketsData& positive = histogram.positive;
  for (std::size_t i = 0; i < positive.counts.size(); ++i) {
    const std::int64_t index = std::int64_t{positive.offset} + static_cast<std::int64_t>(i);
    buckets.push_back(
        {bound_of(index, histogram.scale), bound_of(index + 1, histogram.scale), positive.counts[i]});
  }
  return quantile_of(buckets, histogram, share);
}

}  // namespace ergon::inline v0::telemetry
