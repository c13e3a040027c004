#pragma once

#include <chrono>
#include <cstdint>

#include <ergon/config/description.hpp>
#include <ergon/config/metrics_config.hpp>

// Of readers and views: tables as those of config_description.cpp, a part of which they are.
namespace ergon::inline v0 {

inline constexpr std::chrono::milliseconds kLongestCollection = std::chrono::hours(24);
inline constexpr config::Rules kCardinality{.unit = "{series}", .minimum = 1, .maximum = 1'000'000};

constexpr auto ergon_describe(config::Tag<DefaultAggregation>) {
  return config::object("As the kind of instrument has it.");
}

constexpr auto ergon_describe(config::Tag<DropAggregation>) { return config::object("Nothing is kept."); }

constexpr auto ergon_describe(config::Tag<SumAggregation>) {
  return config::object("The sum of all values.");
}

constexpr auto ergon_describe(config::Tag<LastValueAggregation>) { return config::object("The last value."); }

constexpr auto ergon_describe(config::Tag<ExplicitBucketHistogram>) {
  return config::object(
      "How many values are in each of the buckets.",
      config::field<&ExplicitBucketHistogram::boundaries>(
          "boundaries", "Upper bounds of the buckets; without: those that the instrument advises."),
      config::field<&ExplicitBucketHistogram::record_min_max>("record_min_max",
                                                              "Whether points have extremes."));
}

constexpr auto ergon_describe(config::Tag<Base2ExponentialBucketHistogram>) {
  return config::object("How many values are in each of buckets as narrow as their number allows.",
                        config::field<&Base2ExponentialBucketHistogram::max_size>(
                            "max_size", "Buckets of either sign, at most.",
                            {.unit = "{bucket}", .minimum = 2, .maximum = 4'096}),
                        config::field<&Base2ExponentialBucketHistogram::max_scale>(
                            "max_scale", "The scale that it begins with.", {.minimum = -10, .maximum = 20}),
                        config::field<&Base2ExponentialBucketHistogram::record_min_max>(
                            "record_min_max", "Whether points have extremes."));
}

constexpr auto ergon_describe(config::Tag<AggregationConfig>) {
  return config::one_of(
      "How measurements become points.",
      config::alternative<AggregationConfig, DefaultAggregation>("default"),
      config::alternative<AggregationConfig, DropAggregation>("drop"),
      config::alternative<AggregationConfig, SumAggregation>("sum"),
      config::alternative<AggregationConfig, LastValueAggregation>("last_value"),
      config::alternative<AggregationConfig, ExplicitBucketHistogram>("explicit_bucket_histogram"),
      config::alternative<AggregationConfig, Base2ExponentialBucketHistogram>(
          "base2_exponential_bucket_histogram"));
}

constexpr auto ergon_describe(config::Tag<InstrumentType>) {
  return config::enumeration(
      "A kind of instrument.", config::name("counter", InstrumentType::counter),
      config::name("up_down_counter", InstrumentType::up_down_counter),
      config::name("histogram", InstrumentType::histogram), config::name("gauge", InstrumentType::gauge),
      config::name("observable_counter", InstrumentType::observable_counter),
      config::name("observable_up_down_counter", InstrumentType::observable_up_down_counter),
      config::name("observable_gauge", InstrumentType::observable_gauge));
}

constexpr auto ergon_describe(config::Tag<ViewSelector>) {
  return config::object(
      "The instruments that are all of this.",
      config::field<&ViewSelector::instrument_name>("instrument_name",
                                                    "* is any number of characters, ? is one."),
      config::field<&ViewSelector::instrument_type>("instrument_type", "Of which kind."),
      config::field<&ViewSelector::unit>("unit", "Of which unit."),
      config::field<&ViewSelector::meter_name>("meter_name", "Of the meter of this name."),
      config::field<&ViewSelector::meter_version>("meter_version", "Of the meter of this version."),
      config::field<&ViewSelector::meter_schema_url>("meter_schema_url", "Of the meter of this schema."));
}

constexpr auto ergon_describe(config::Tag<AttributeKeys>) {
  return config::object("Which attributes are kept, by their keys; * and ? are wildcards.",
                        config::field<&AttributeKeys::included>("included", "Without: all."),
                        config::field<&AttributeKeys::excluded>("excluded", "Of those."));
}

constexpr auto ergon_describe(config::Tag<ViewStream>) {
  return config::object(
      "What becomes of the instruments' measurements.",
      config::field<&ViewStream::name>("name", "Without: the instrument's."),
      config::field<&ViewStream::description>("description", "Without: the instrument's."),
      config::field<&ViewStream::aggregation>("aggregation", "How measurements become points."),
      config::field<&ViewStream::aggregation_cardinality_limit>(
          "aggregation_cardinality_limit",
          "Sets of attributes with points of their own; without: the reader's.", kCardinality),
      config::field<&ViewStream::attribute_keys>("attribute_keys",
                                                 "Without: those that the instrument advises, or all."));
}

constexpr auto ergon_describe(config::Tag<View>) {
  return config::object("Changes what is exported of some instruments.",
                        config::field<&View::selector>("selector", "Which instruments; without: all."),
                        config::field<&View::stream>("stream", "What becomes of their measurements."));
}

constexpr auto ergon_describe(config::Tag<TemporalityPreference>) {
  return config::enumeration("Whether points tell of all, or of what is new.",
                             config::name("cumulative", TemporalityPreference::cumulative),
                             config::name("delta", TemporalityPreference::delta),
                             config::name("low_memory", TemporalityPreference::low_memory));
}

constexpr auto ergon_describe(config::Tag<HistogramAggregation>) {
  return config::enumeration(
      "What becomes of histograms.",
      config::name("explicit_bucket_histogram", HistogramAggregation::explicit_buckets),
      config::name("base2_exponential_bucket_histogram", HistogramAggregation::exponential_buckets));
}

constexpr auto ergon_describe(config::Tag<ExemplarFilter>) {
  return config::enumeration("Which measurements may become exemplars.",
                             config::name("always_on", ExemplarFilter::always_on),
                             config::name("always_off", ExemplarFilter::always_off),
                             config::name("trace_based", ExemplarFilter::trace_based));
}

constexpr auto ergon_describe(config::Tag<CardinalityLimits>) {
  return config::object(
      "How many sets of attributes a metric has points of, by its kind of instrument.",
      config::field<&CardinalityLimits::otherwise>("default", "Of kinds that have none of their own.",
                                                   kCardinality),
      config::field<&CardinalityLimits::counter>("counter", "Of counters.", kCardinality),
      config::field<&CardinalityLimits::gauge>("gauge", "Of gauges.", kCardinality),
      config::field<&CardinalityLimits::histogram>("histogram", "Of histograms.", kCardinality),
      config::field<&CardinalityLimits::observable_counter>("observable_counter", "Of observable counters.",
                                                            kCardinality),
      config::field<&CardinalityLimits::observable_gauge>("observable_gauge", "Of observable gauges.",
                                                          kCardinality),
      config::field<&CardinalityLimits::observable_up_down_counter>(
          "observable_up_down_counter", "Of observable counters that may fall.", kCardinality),
      config::field<&CardinalityLimits::up_down_counter>("up_down_counter", "Of counters that may fall.",
                                                         kCardinality));
}

constexpr auto ergon_describe(config::Tag<PeriodicReader>) {
  return config::object(
      "Collects all instruments at a fixed interval and exports them.",
      config::field<&PeriodicReader::interval>(
          "interval", "From one collection to the next.",
          {.minimum = std::chrono::milliseconds(1), .maximum = kLongestCollection}),
      config::field<&PeriodicReader::timeout>(
          "timeout", "What callbacks of observable instruments have.",
          {.minimum = std::chrono::milliseconds(1), .maximum = kLongestCollection}),
      config::field<&PeriodicReader::cardinality_limits>(
          "cardinality_limits",
          "Sets of attributes that a metric has points of, where no view says otherwise."),
      config::field<&PeriodicReader::max_export_batch_size>(
          "max_export_batch_size", "Points in one export request, at most; else bytes limit them.",
          {.unit = "{point}", .minimum = 1, .maximum = 1'000'000'000}),
      config::field<&PeriodicReader::exporter>("exporter", "Where metrics go."));
}

constexpr auto ergon_describe(config::Tag<MetricReader>) {
  return config::one_of("How metrics leave the process.",
                        config::alternative<MetricReader, PeriodicReader>("periodic"));
}

constexpr auto ergon_describe(config::Tag<MetricsConfig>) {
  return config::object(
      "Metrics.",
      config::field<&MetricsConfig::readers>("readers", "Each collects everything.", {.minimum = 1}),
      config::field<&MetricsConfig::views>("views", "Change what is exported."),
      config::field<&MetricsConfig::exemplar_filter>("exemplar_filter",
                                                     "Which measurements may become exemplars."),
      config::field<&MetricsConfig::resource>("resource",
                                              "What describes the process, of this signal only."));
}

}  // namespace ergon::inline v0
