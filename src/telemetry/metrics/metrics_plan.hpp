#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/metrics_config.hpp>

#include "telemetry/metrics/aggregation.hpp"
#include "telemetry/metrics/storage.hpp"

namespace ergon::inline v0::telemetry {

/// How a reader wants its streams where no view says otherwise.
struct ReaderPlan {
  TemporalityPreference temporality{TemporalityPreference::cumulative};
  bool has_exponential_histograms{false};  // instead of explicit ones
  std::uint32_t cardinality_limit{kCardinalityLimit};
  std::array<std::optional<std::uint32_t>, 7> own_limits{};  // by detail::InstrumentKind, in place of that
  std::uint64_t max_points{UINT64_MAX};                      // of a request

  [[nodiscard]] std::uint32_t limit_of(detail::InstrumentKind kind) const {
    return own_limits[static_cast<std::size_t>(kind)].value_or(cardinality_limit);
  }
};

/// Which instruments a view is for, and what becomes of them (specification: metrics/sdk.md#view). What is
/// not set leaves it to the instrument and the reader.
struct ViewPlan {
  std::optional<std::string> instrument_name{};  // `*` and `?` are wildcards; case doesn't matter
  std::optional<detail::InstrumentKind> kind{};
  std::optional<std::string> unit{};
  std::optional<std::string> meter_name{};
  std::optional<std::string> meter_version{};
  std::optional<std::string> meter_schema_url{};

  std::optional<std::string> name{};
  std::optional<std::string> description{};
  std::optional<Aggregation> aggregation{};
  bool takes_advised_boundaries{false};  // explicit buckets without bounds of the view's own
  std::optional<AttributeFilter> filter{};
  std::optional<std::uint32_t> cardinality_limit{};

  [[nodiscard]] bool selects(const detail::Instrument& instrument) const;
};

/// All that a session wants of metrics; without readers they are off. Before a session there is one reader
/// with the defaults, so that what is recorded early is kept.
struct MetricsPlan {
  std::vector<ReaderPlan> readers{ReaderPlan{}};
  std::vector<ViewPlan> views{};
  ExemplarFilter exemplars{ExemplarFilter::trace_based};
  bool begins_now{false};  // readers are not interested in what was recorded before
};

/// Which interval's extremes a reader wants (`Intervals`); kMost: all, or it is one delta reader too many.
[[nodiscard]] std::uint32_t interval_of(const MetricsPlan& plan, std::uint32_t reader);
/// How many readers have one.
[[nodiscard]] std::uint32_t intervals_of(const MetricsPlan& plan);

/// A stream before it has its storage.
struct WantedStream {
  std::string name;
  std::string description;
  Aggregation aggregation;
  AttributeFilter filter;
  std::uint32_t cardinality_limit;
  bool is_delta;
};

/// The streams of a reader that an instrument goes to: one for each view that selects it, or the default one.
[[nodiscard]] std::vector<WantedStream> streams_of(const detail::Instrument& instrument,
                                                   const MetricsPlan& plan, const ReaderPlan& reader);

}  // namespace ergon::inline v0::telemetry
