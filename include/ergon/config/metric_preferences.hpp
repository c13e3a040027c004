#pragma once

#include <cstdint>

namespace ergon::inline v0 {

/// Whether a point tells of all since the beginning, or since the reader's last collection (specification:
/// metrics/sdk_exporters/otlp.md#additional-configuration). Gauges tell of now; up-down counters are always
/// cumulative. In YAML: `cumulative`, `delta`, `low_memory`.
enum class TemporalityPreference : std::uint8_t {
  cumulative,
  delta,      // counters, observable or not, and histograms
  low_memory  // counters and histograms: those of which it needs less memory
};

/// What becomes of histograms where no view says it. In YAML: `explicit_bucket_histogram`,
/// `base2_exponential_bucket_histogram`.
enum class HistogramAggregation : std::uint8_t { explicit_buckets, exponential_buckets };

}  // namespace ergon::inline v0
