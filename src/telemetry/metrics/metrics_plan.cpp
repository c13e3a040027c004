#include "telemetry/metrics/metrics_plan.hpp"

#include <algorithm>
#include <cctype>

#include "base/wildcard.hpp"
#include "telemetry/metrics/instrument_name.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using detail::Instrument;
using detail::InstrumentKind;

std::string lower(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](unsigned char c) { return std::tolower(c); });
  return low;
}

bool is(const std::optional<std::string>& wanted, std::string_view text) {
  return !wanted || *wanted == text;
}

// Specification: metrics/sdk.md#default-aggregation.
Aggregation default_aggregation(const Instrument& instrument, const ReaderPlan& reader) {
  switch (instrument.kind) {
    case InstrumentKind::gauge:
    case InstrumentKind::observable_gauge:
      return {.kind = Aggregation::Kind::last_value};
    case InstrumentKind::histogram:
      if (reader.has_exponential_histograms) return {.kind = Aggregation::Kind::exponential_buckets};
      return {.kind = Aggregation::Kind::explicit_buckets, .boundaries = instrument.boundaries};
    default:
      return {.kind = Aggregation::Kind::sum};
  }
}

// The table of the OTLP exporter's preferences.
bool is_delta(const Instrument& instrument, TemporalityPreference preference) {
  switch (instrument.kind) {
    case InstrumentKind::counter:
    case InstrumentKind::histogram:
      return preference != TemporalityPreference::cumulative;
    case InstrumentKind::observable_counter:
      return preference == TemporalityPreference::delta;
    default:  // gauges have none
      return false;
  }
}

AttributeFilter advised_filter(const Instrument& instrument) {
  if (instrument.attribute_keys.empty()) return {};
  return {.has_included = true, .included = instrument.attribute_keys};
}

WantedStream default_stream(const Instrument& instrument, const ReaderPlan& reader) {
  return {.name = instrument.name,
          .description = instrument.description,
          .aggregation = default_aggregation(instrument, reader),
          .filter = advised_filter(instrument),
          .cardinality_limit = reader.limit_of(instrument.kind),
          .is_delta = is_delta(instrument, reader.temporality)};
}

WantedStream stream_of(const ViewPlan& view, const Instrument& instrument, const ReaderPlan& reader) {
  WantedStream stream = default_stream(instrument, reader);
  if (view.name) stream.name = *view.name;
  if (view.description) stream.description = *view.description;
  if (view.aggregation) stream.aggregation = *view.aggregation;
  if (instrument.is_observable() && stream.aggregation.is_histogram())  // what is observed is a sum already
    stream.aggregation = default_aggregation(instrument, reader);
  if (view.takes_advised_boundaries && stream.aggregation.kind == Aggregation::Kind::explicit_buckets)
    stream.aggregation.boundaries =
        instrument.boundaries.empty() ? default_boundaries() : instrument.boundaries;
  if (view.filter) stream.filter = *view.filter;
  if (view.cardinality_limit) stream.cardinality_limit = *view.cardinality_limit;
  return stream;
}

}  // namespace

bool ViewPlan::selects(const Instrument& instrument) const {
  const detail::Scope& scope = *instrument.scope;
  return (!instrument_name || base::matches_wildcard(lower(*instrument_name), lower(instrument.name))) &&
         (!kind || *kind == instrument.kind) && is(unit, instrument.unit) && is(meter_name, scope.name) &&
         is(meter_version, scope.version) && is(meter_schema_url, scope.schema_url);
}

std::uint32_t intervals_of(const MetricsPlan& plan) {
  const auto wants_deltas = [](const ReaderPlan& reader) {
    return reader.temporality != TemporalityPreference::cumulative;
  };
  return std::min(static_cast<std::uint32_t>(std::ranges::count_if(plan.readers, wants_deltas)),
                  Intervals::kMost);
}

std::uint32_t interval_of(const MetricsPlan& plan, std::uint32_t reader) {
  if (plan.readers[reader].temporality == TemporalityPreference::cumulative) return Intervals::kMost;
  MetricsPlan before = plan;
  before.readers.resize(reader);
  return intervals_of(before);
}

std::vector<WantedStream> streams_of(const Instrument& instrument, const MetricsPlan& plan,
                                     const ReaderPlan& reader) {
  std::vector<WantedStream> streams;
  bool is_selected = false;
  for (const ViewPlan& view : plan.views) {
    if (!view.selects(instrument)) continue;
    is_selected = true;
    WantedStream stream = stream_of(view, instrument, reader);
    if (stream.aggregation.kind != Aggregation::Kind::drop) streams.push_back(std::move(stream));
  }
  if (!is_selected) streams.push_back(default_stream(instrument, reader));
  return streams;
}

}  // namespace ergon::inline v0::telemetry
