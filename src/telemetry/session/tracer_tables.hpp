#pragma once

#include <cstdint>

#include <ergon/config/description.hpp>
#include <ergon/config/extension.hpp>
#include <ergon/config/tracing_config.hpp>

// Of what a span may hold, of which tracers are on, and of ids: tables as those of config_description.cpp, a
// part of which they are.
namespace ergon::inline v0 {

inline constexpr std::int64_t kMostCounted = 65'535;
inline constexpr std::int64_t kLongestValue = 1'000'000'000;
inline constexpr std::int64_t kDeepestValue = 30;

constexpr auto ergon_describe(config::Tag<SpanLimits>) {
  constexpr config::Rules kCount{.minimum = 0, .maximum = kMostCounted};
  return config::object(
      "What a span may hold; what is beyond it is left out and counted.",
      config::field<&SpanLimits::attribute_value_length_limit>(
          "attribute_value_length_limit", "Characters of a string, bytes of bytes; without: any length.",
          {.unit = "{character}", .minimum = 0, .maximum = kLongestValue}),
      config::field<&SpanLimits::attribute_value_depth_limit>(
          "attribute_value_depth_limit", "Arrays and maps inside each other; deeper ones are empty.",
          {.minimum = 0, .maximum = kDeepestValue}),
      config::field<&SpanLimits::attribute_count_limit>("attribute_count_limit", "Attributes of a span.",
                                                        kCount),
      config::field<&SpanLimits::event_count_limit>("event_count_limit", "Events of a span.", kCount),
      config::field<&SpanLimits::link_count_limit>("link_count_limit", "Links of a span.", kCount),
      config::field<&SpanLimits::event_attribute_count_limit>("event_attribute_count_limit",
                                                              "Attributes of an event.", kCount),
      config::field<&SpanLimits::link_attribute_count_limit>("link_attribute_count_limit",
                                                             "Attributes of a link.", kCount));
}

constexpr auto ergon_describe(config::Tag<TracerConfig>) {
  return config::object("How a tracer behaves.",
                        config::field<&TracerConfig::enabled>("enabled", "Whether it makes spans."));
}

constexpr auto ergon_describe(config::Tag<TracerMatcher>) {
  return config::object(
      "Tracers by name.",
      config::field<&TracerMatcher::name>("name", "Of the scope; * is any number of characters, ? is one.",
                                          {.required = true}),
      config::field<&TracerMatcher::config>("config", "How they behave."));
}

constexpr auto ergon_describe(config::Tag<TracerConfigurator>) {
  return config::object(
      "Which tracers are on.",
      config::field<&TracerConfigurator::default_config>("default_config", "Of tracers that no entry names."),
      config::field<&TracerConfigurator::tracers>("tracers", "The first that names a tracer decides."));
}

constexpr auto ergon_describe(config::Tag<RandomIds>) { return config::object("Ids of random bits."); }

constexpr auto ergon_describe(config::Tag<IdGeneratorConfig>) {
  return config::one_of("Who makes ids.", config::alternative<IdGeneratorConfig, RandomIds>("random"),
                        config::registered<IdGeneratorConfig, Custom>(detail::kIdGenerators));
}

}  // namespace ergon::inline v0
