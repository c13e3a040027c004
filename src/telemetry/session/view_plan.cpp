#include "telemetry/session/view_plan.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "telemetry/metrics/instrument_name.hpp"

namespace ergon::inline v0::telemetry {

namespace {

std::uint32_t as_limit(std::int64_t limit) { return static_cast<std::uint32_t>(limit); }

std::uint64_t max_points_of(const PeriodicReader& reader) {
  const auto& most = reader.max_export_batch_size;
  return most ? static_cast<std::uint64_t>(*most) : UINT64_MAX;
}

void plan_limits(const CardinalityLimits& limits, ReaderPlan& plan) {
  plan.cardinality_limit = as_limit(limits.otherwise);
  const auto set = [&plan](InstrumentType type, const std::optional<std::int64_t>& limit) {
    if (limit) plan.own_limits[static_cast<std::size_t>(type)] = as_limit(*limit);
  };
  set(InstrumentType::counter, limits.counter);
  set(InstrumentType::up_down_counter, limits.up_down_counter);
  set(InstrumentType::histogram, limits.histogram);
  set(InstrumentType::gauge, limits.gauge);
  set(InstrumentType::observable_counter, limits.observable_counter);
  set(InstrumentType::observable_up_down_counter, limits.observable_up_down_counter);
  set(InstrumentType::observable_gauge, limits.observable_gauge);
}

ReaderPlan plan_of(const PeriodicReader& reader) {
  ReaderPlan plan{.max_points = max_points_of(reader)};
  plan_limits(reader.cardinality_limits, plan);
  reader.exporter.visit([&plan](const auto& exporter) {
    if constexpr (requires { exporter.temporality_preference; })
      prefer(exporter.temporality_preference, exporter.default_histogram_aggregation, plan);
  });
  return plan;
}

// Says of one kind of aggregation what the view's plan has to say.
struct PlanAggregation {
  ViewPlan& plan;

  void operator()(const DefaultAggregation&) const {}
  void operator()(const DropAggregation&) const { plan.aggregation = {.kind = Aggregation::Kind::drop}; }
  void operator()(const SumAggregation&) const { plan.aggregation = {.kind = Aggregation::Kind::sum}; }
  void operator()(const LastValueAggregation&) const {
    plan.aggregation = {.kind = Aggregation::Kind::last_value};
  }
  void operator()(const ExplicitBucketHistogram& histogram) const {
    plan.aggregation = {.kind = Aggregation::Kind::explicit_buckets, .has_min_max = histogram.record_min_max};
    plan.takes_advised_boundaries = !histogram.boundaries;
    if (histogram.boundaries) plan.aggregation->boundaries = clean_boundaries(*histogram.boundaries);
  }
  void operator()(const Base2ExponentialBucketHistogram& histogram) const {
    plan.aggregation = {.kind = Aggregation::Kind::exponential_buckets,
                        .max_size = static_cast<std::uint32_t>(histogram.max_size),
                        .max_scale = static_cast<std::int32_t>(histogram.max_scale),
                        .has_min_max = histogram.record_min_max};
  }
};

ViewPlan plan_of(const View& view) {
  const ViewSelector& selector = view.selector;
  ViewPlan plan;
  plan.instrument_name = selector.instrument_name;
  if (selector.instrument_type) plan.kind = static_cast<detail::InstrumentKind>(*selector.instrument_type);
  plan.unit = selector.unit;
  plan.meter_name = selector.meter_name;
  plan.meter_version = selector.meter_version;
  plan.meter_schema_url = selector.meter_schema_url;
  plan.name = view.stream.name;
  plan.description = view.stream.description;
  view.stream.aggregation.visit(PlanAggregation{plan});
  if (const auto& keys = view.stream.attribute_keys) {
    plan.filter = AttributeFilter{.has_included = keys->included.has_value(),
                                  .included = keys->included.value_or(std::vector<std::string>{}),
                                  .excluded = keys->excluded};
  }
  if (view.stream.aggregation_cardinality_limit)
    plan.cardinality_limit = as_limit(*view.stream.aggregation_cardinality_limit);
  return plan;
}

// The two enumerations say the same, and readers have limits for as many.
static_assert(static_cast<int>(InstrumentType::observable_gauge) ==
              static_cast<int>(detail::InstrumentKind::observable_gauge));
static_assert(static_cast<std::size_t>(InstrumentType::observable_gauge) + 1 ==
              ReaderPlan{}.own_limits.size());

}  // namespace

void prefer(TemporalityPreference temporality, HistogramAggregation histograms, ReaderPlan& plan) {
  plan.temporality = temporality;
  plan.has_exponential_histograms = histograms == HistogramAggregation::exponential_buckets;
}

MetricsPlan plan_metrics(const std::optional<MetricsConfig>& config) {
  MetricsPlan plan{.readers = {}};
  if (!config) return plan;
  for (const MetricReader& reader : config->readers)
    plan.readers.push_back(plan_of(reader.get<PeriodicReader>()));
  for (const View& view : config->views) plan.views.push_back(plan_of(view));
  plan.exemplars = config->exemplar_filter;
  return plan;
}

}  // namespace ergon::inline v0::telemetry
