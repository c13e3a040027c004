#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "telemetry/metrics/observations.hpp"
#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// A series of an observable instrument, as observed for one collection.
struct ObservedSeries {
  std::string attributes;  // encoded fields of the data point
  std::uint64_t bits;      // the value, or what came since the last collection
};

/// What one stream remembers of the observations it was given: the sets that have a series of their own,
/// which they keep for as long as they are observed, and their last values.
class ObservedStream {
 public:
  explicit ObservedStream(const Stream& stream) : stream_(stream) {}

  /// The series of a collection. Sets that the filter makes one are added up, or the last counts; those
  /// beyond the limit are one, too (specification:
  /// metrics/sdk.md#asynchronous-instrument-cardinality-limits). Sets that are not among the values have no
  /// series; deltas of one that comes back go on where it was, while not too many are missing.
  [[nodiscard]] std::vector<ObservedSeries> take(const std::vector<ObservedValues::Value>& values);

 private:
  using Totals = std::map<std::string, std::uint64_t>;

  [[nodiscard]] std::vector<ObservedSeries> filtered(const std::vector<ObservedValues::Value>& values) const;
  [[nodiscard]] std::vector<ObservedSeries> limited(const std::vector<ObservedSeries>& all) const;
  [[nodiscard]] std::uint64_t joined(std::uint64_t total, std::uint64_t value) const;
  [[nodiscard]] std::uint64_t since(std::uint64_t now, std::uint64_t before) const;
  [[nodiscard]] std::uint64_t since_last(const std::string& attributes, std::uint64_t now) const;
  void remember_missing(const Totals& now);

  const Stream& stream_;
  Totals last_;
  Totals missing_{};  // of earlier collections; for deltas
};

}  // namespace ergon::inline v0::telemetry
