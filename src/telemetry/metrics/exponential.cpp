#include "telemetry/metrics/exponential.hpp"

#include <algorithm>
#include <cmath>

#include "telemetry/metrics/saturating.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr double kBucketsPerOctave = 1U << static_cast<unsigned>(kMostScale);

// Of a mantissa in (1, 2), the number of bounds within its octave that it is above. The logarithm of doubles
// is right to about 2^-52, which is 2^-32 of a bucket; nearer to a bound, more digits decide.
std::int32_t bounds_below(double mantissa) noexcept {
  constexpr double kDoubtful = 1.0 / (1U << 28U);
  const double position = std::log2(mantissa) * kBucketsPerOctave;
  if (std::abs(position - std::nearbyint(position)) > kDoubtful) [[likely]]
    return static_cast<std::int32_t>(std::ceil(position));
  const long double exact =
      std::log2(static_cast<long double>(mantissa)) * static_cast<long double>(kBucketsPerOctave);
  return static_cast<std::int32_t>(std::ceil(exact));
}

// The buckets from the first to the last of both, once each is so much coarser.
std::int64_t joint_size(const ExponentialBuckets& a, std::uint32_t by_a, const ExponentialBuckets& b,
                        std::uint32_t by_b) noexcept {
  const auto first = [](const ExponentialBuckets& one, std::uint32_t by) {
    return std::int64_t{one.offset} >> by;
  };
  const auto last = [](const ExponentialBuckets& one, std::uint32_t by) { return (one.end() - 1) >> by; };
  if (a.is_empty() && b.is_empty()) return 0;
  if (a.is_empty()) return last(b, by_b) - first(b, by_b) + 1;
  if (b.is_empty()) return last(a, by_a) - first(a, by_a) + 1;
  return std::max(last(a, by_a), last(b, by_b)) - std::min(first(a, by_a), first(b, by_b)) + 1;
}

}  // namespace

std::int32_t exponential_index(double value) noexcept {
  int exponent = 0;
  const double mantissa = 2 * std::frexp(value, &exponent);  // in [1, 2)
  const std::int32_t octave = (exponent - 1) * (std::int32_t{1} << kMostScale);
  if (mantissa <= 1) return octave - 1;  // a power of two is the upper bound of its bucket
  return octave + bounds_below(mantissa) - 1;
}

void ExponentialBuckets::downscale(std::uint32_t by) {
  if (by == 0 || counts.empty()) return;
  const auto first = static_cast<std::int32_t>(std::int64_t{offset} >> by);
  const std::int64_t last = (end() - 1) >> by;
  std::vector<std::uint64_t> fewer(static_cast<std::size_t>(last - first + 1));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::int64_t bucket = (std::int64_t{offset} + static_cast<std::int64_t>(i)) >> by;
    fewer[static_cast<std::size_t>(bucket - first)] += counts[i];
  }
  offset = first;
  counts = std::move(fewer);
}

void ExponentialBuckets::add(const ExponentialBuckets& other) {
  if (other.counts.empty()) return;
  if (counts.empty()) {
    *this = other;
    return;
  }
  const std::int32_t first = std::min(offset, other.offset);
  const std::int64_t last = std::max(end(), other.end());
  counts.insert(counts.begin(), static_cast<std::size_t>(offset - first), 0);
  counts.resize(static_cast<std::size_t>(last - first));
  offset = first;
  const auto at = static_cast<std::size_t>(other.offset - first);
  for (std::size_t i = 0; i < other.counts.size(); ++i) counts[at + i] += other.counts[i];
}

void ExponentialBuckets::subtract(const ExponentialBuckets& other) {
  for (std::size_t i = 0; i < other.counts.size(); ++i) {
    const std::int64_t at = std::int64_t{other.offset} + static_cast<std::int64_t>(i) - offset;
    if (at >= 0 && at < static_cast<std::int64_t>(counts.size()))
      counts[static_cast<std::size_t>(at)] -= other.counts[i];
  }
}

void ExponentialBuckets::trim() {
  const auto is_used = [](std::uint64_t count) { return count > 0; };
  const auto first = std::ranges::find_if(counts, is_used);
  offset += static_cast<std::int32_t>(first - counts.begin());
  counts.erase(counts.begin(), first);
  while (!counts.empty() && counts.back() == 0) counts.pop_back();
}

void ExponentialHistogram::downscale_to(std::int32_t to) {
  if (to >= scale) return;
  const auto by = static_cast<std::uint32_t>(scale - to);
  positive.downscale(by);
  negative.downscale(by);
  scale = to;
}

void ExponentialHistogram::merge(const ExponentialHistogram& other, std::uint32_t max_size) {
  if (other.count == 0) return;
  if (count == 0) scale = other.scale;
  std::int32_t to = std::min(scale, other.scale);
  const auto do_fit = [&] {
    const auto size_of = [&](const ExponentialBuckets& own, const ExponentialBuckets& its) {
      return joint_size(own, static_cast<std::uint32_t>(scale - to), its,
                        static_cast<std::uint32_t>(other.scale - to));
    };
    return size_of(positive, other.positive) <= max_size && size_of(negative, other.negative) <= max_size;
  };
  while (to > kLeastScale && !do_fit()) --to;
  ExponentialHistogram added = other;
  added.downscale_to(to);
  downscale_to(to);
  count += other.count;
  sum = sum_of(sum, other.sum);
  zero_count += other.zero_count;
  minimum = std::min(minimum, other.minimum);
  maximum = std::max(maximum, other.maximum);
  positive.add(added.positive);
  negative.add(added.negative);
}

void ExponentialHistogram::subtract(const ExponentialHistogram& earlier) {
  if (earlier.count == 0) return;
  ExponentialHistogram coarse = earlier;
  coarse.downscale_to(scale);
  downscale_to(coarse.scale);
  count -= coarse.count;
  sum = difference_of(sum, coarse.sum);
  zero_count -= coarse.zero_count;
  positive.subtract(coarse.positive);
  negative.subtract(coarse.negative);
}

}  // namespace ergon::inline v0::telemetry
