#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/one_of.hpp>

namespace ergon::inline v0 {

/// As the kind of instrument has it: sums of counters, the last value of gauges, buckets of histograms, for
/// which the reader's exporter says which. In YAML: `default`.
struct DefaultAggregation {};

/// Nothing is kept: measurements cost next to nothing. In YAML: `drop`.
struct DropAggregation {};

/// In YAML: `sum`.
struct SumAggregation {};

/// In YAML: `last_value`.
struct LastValueAggregation {};

/// In YAML: `explicit_bucket_histogram`. An instrument whose values may fall has no sum of them.
struct ExplicitBucketHistogram {
  /// Upper bounds of the buckets, which belong to them; none: those that the instrument advises, or 0, 5, 10,
  /// 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000.
  std::optional<std::vector<double>> boundaries{};
  bool record_min_max{true};
};

/// Buckets that are as narrow as their number allows (specification:
/// metrics/sdk.md#base2-exponential-bucket-histogram-aggregation). In YAML:
/// `base2_exponential_bucket_histogram`.
struct Base2ExponentialBucketHistogram {
  /// Buckets of either sign, at most.
  std::int64_t max_size{160};
  /// The scale that it begins with.
  std::int64_t max_scale{20};
  bool record_min_max{true};
};

/// How measurements become points. In YAML a map with one key.
using AggregationConfig = OneOf<DefaultAggregation, DropAggregation, SumAggregation, LastValueAggregation,
                                ExplicitBucketHistogram, Base2ExponentialBucketHistogram>;
extern template class OneOf<DefaultAggregation, DropAggregation, SumAggregation, LastValueAggregation,
                            ExplicitBucketHistogram, Base2ExponentialBucketHistogram>;

/// In YAML: `counter`, `up_down_counter`, `histogram`, `gauge`, `observable_counter`,
/// `observable_up_down_counter`, `observable_gauge`.
enum class InstrumentType : std::uint8_t {
  counter,
  up_down_counter,
  histogram,
  gauge,
  observable_counter,
  observable_up_down_counter,
  observable_gauge
};

/// Which instruments a view is for: those that are all of this. Without any of it: all instruments.
struct ViewSelector {
  /// Case doesn't matter; `*` stands for any number of characters, `?` for one.
  std::optional<std::string> instrument_name{};
  std::optional<InstrumentType> instrument_type{};
  std::optional<std::string> unit{};
  std::optional<std::string> meter_name{};
  std::optional<std::string> meter_version{};
  std::optional<std::string> meter_schema_url{};
};

/// Which attributes are kept, by their keys; `*` and `?` are wildcards.
struct AttributeKeys {
  /// None: all.
  std::optional<std::vector<std::string>> included{};
  /// Of those.
  std::vector<std::string> excluded{};
};

/// What becomes of an instrument's measurements.
struct ViewStream {
  /// None: the instrument's.
  std::optional<std::string> name{};
  std::optional<std::string> description{};
  AggregationConfig aggregation{};
  /// Sets of attributes that have points of their own; the rest is counted under
  /// `otel.metric.overflow=true`. None: the reader's.
  std::optional<std::int64_t> aggregation_cardinality_limit{};
  /// None: those that the instrument advises, or all.
  std::optional<AttributeKeys> attribute_keys{};
};

/// Changes what is exported of some instruments (specification: metrics/sdk.md#view). An instrument that
/// several views select has a stream of each; one that none selects has the default one.
struct View {
  ViewSelector selector{};
  ViewStream stream{};
};

}  // namespace ergon::inline v0
