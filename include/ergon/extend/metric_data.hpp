#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <ergon/extend/span_data.hpp>
#include <ergon/telemetry/span_context.hpp>

// What readers collected, as values: for exporters of the program's own (specification:
// metrics/data-model.md). All of it owns what it holds, so it may be kept and copied.
namespace ergon::inline v0 {

enum class MetricKind : std::uint8_t { gauge, sum, histogram, exponential_histogram };

/// Since when points tell: since their series began, or since the reader's last collection. Gauges tell of
/// now, which is neither.
enum class Temporality : std::uint8_t { unspecified, delta, cumulative };

/// As the instrument counts: std::int64_t, or double.
using NumberData = std::variant<std::int64_t, double>;

/// A measurement that stands for others of its point.
struct ExemplarData {
  Timestamp time{};
  NumberData value{};
  /// Of the span that was current; invalid where there was none.
  SpanContext context{};
  /// Attributes of the measurement that the point does not have.
  DataAttributes filtered_attributes{};
};

struct HistogramData {
  std::uint64_t count{0};
  /// None of what may fall.
  std::optional<double> sum{};
  std::optional<double> minimum{};
  std::optional<double> maximum{};
  /// Upper bounds, which belong to their buckets, in rising order.
  std::vector<double> boundaries{};
  /// One more than `boundaries`: the last bucket is of what is above all of them.
  std::vector<std::uint64_t> bucket_counts{};
};

/// Neighbouring buckets of an exponential histogram: the first is number `offset`, and number i is of values
/// above base^i up to base^(i+1), where base is 2^(2^-scale).
struct ExponentialBucketsData {
  std::int32_t offset{0};
  std::vector<std::uint64_t> counts{};
};

struct ExponentialHistogramData {
  std::uint64_t count{0};
  std::optional<double> sum{};
  std::optional<double> minimum{};
  std::optional<double> maximum{};
  std::int32_t scale{0};
  std::uint64_t zero_count{0};
  ExponentialBucketsData positive{};
  /// Of the absolute values of those below zero.
  ExponentialBucketsData negative{};
};

struct PointData {
  DataAttributes attributes{};
  /// The epoch for gauges.
  Timestamp start{};
  Timestamp time{};
  /// A number of a gauge or sum; else the histogram of the metric's kind.
  std::variant<NumberData, HistogramData, ExponentialHistogramData> value{};
  std::vector<ExemplarData> exemplars{};

  /// The number of a gauge or sum as a double; 0 for a histogram.
  [[nodiscard]] double number() const noexcept {
    const auto* held = std::get_if<NumberData>(&value);
    if (held == nullptr) return 0;
    const auto* whole = std::get_if<std::int64_t>(held);
    if (whole != nullptr) return static_cast<double>(*whole);
    return *std::get_if<double>(held);
  }
};

/// A metric with its points. One of a great many points may come in several parts, each with its head.
struct MetricData {
  std::string name{};
  std::string description{};
  std::string unit{};
  MetricKind kind{MetricKind::sum};
  Temporality temporality{Temporality::unspecified};
  /// A sum that never falls.
  bool is_monotonic{false};
  std::vector<PointData> points{};
  /// Shared by the metrics of one export; never null. The scope's name is the meter's.
  std::shared_ptr<const ScopeData> scope{};
  std::shared_ptr<const DataAttributes> resource{};
};

}  // namespace ergon::inline v0
