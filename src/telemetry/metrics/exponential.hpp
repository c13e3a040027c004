#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "telemetry/metrics/aggregation.hpp"

namespace ergon::inline v0::telemetry {

/// The bucket of a finite value above zero at kMostScale: the greatest i with 2^(i / 2^20) < value. Exact but
/// for the doubles right beside some of the bounds. At a lesser scale it is `index >> (kMostScale - scale)`.
[[nodiscard]] std::int32_t exponential_index(double value) noexcept;

/// Counts of neighbouring buckets; the first is that of `offset`.
struct ExponentialBuckets {
  std::int32_t offset{0};
  std::vector<std::uint64_t> counts{};

  [[nodiscard]] bool is_empty() const noexcept { return counts.empty(); }
  [[nodiscard]] std::int64_t end() const noexcept {
    return std::int64_t{offset} + static_cast<std::int64_t>(counts.size());
  }
  /// Each bucket takes in 2^by neighbours.
  void downscale(std::uint32_t by);
  /// Of the same scale.
  void add(const ExponentialBuckets& other);
  /// Of the same scale, and of no more in any bucket.
  void subtract(const ExponentialBuckets& other);
  /// Drops the buckets without a count at either end.
  void trim();
};

/// A base-2 exponential histogram: bucket i holds what is above base^i and up to base^(i + 1), where base =
/// 2^(2^-scale) (specification: metrics/data-model.md#exponentialhistogram). A value, for one thread.
struct ExponentialHistogram {
  std::uint64_t count{0};
  double sum{0};
  std::uint64_t zero_count{0};
  double minimum{std::numeric_limits<double>::infinity()};
  double maximum{-std::numeric_limits<double>::infinity()};
  std::int32_t scale{kMostScale};
  ExponentialBuckets positive{};
  ExponentialBuckets negative{};

  void downscale_to(std::int32_t to);
  /// Counts, sum, extremes; at the greatest scale, of both at most, at which neither sign has more buckets.
  void merge(const ExponentialHistogram& other, std::uint32_t max_size);
  /// Takes away an earlier state of the same histogram; extremes stay.
  void subtract(const ExponentialHistogram& earlier);
};

}  // namespace ergon::inline v0::telemetry
