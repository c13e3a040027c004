#include <ergon/config/extension.hpp>
#include <ergon/config/telemetry_description.hpp>

namespace ergon::inline v0 {

using config::Tag;

constexpr auto ergon_describe(Tag<AlwaysOn>) { return config::object("Records every trace."); }

constexpr auto ergon_describe(Tag<AlwaysOff>) { return config::object("Records no trace."); }

constexpr auto ergon_describe(Tag<TraceIdRatioBased>) {
  return config::object("Records a share of traces, chosen by trace id.",
                        config::field<&TraceIdRatioBased::ratio>("ratio", "Share of traces recorded.",
                                                                 {.minimum = 0, .maximum = 1}));
}

constexpr auto ergon_describe(Tag<Probability>) {
  return config::object(
      "Records a share of traces, chosen by their randomness, and says the share in the trace's state.",
      config::field<&Probability::ratio>("ratio", "Share of traces recorded.", {.minimum = 0, .maximum = 1}));
}

constexpr auto ergon_describe(Tag<RateLimiting>) {
  return config::object("Records so many traces a second, at most.",
                        config::field<&RateLimiting::traces_per_second>(
                            "traces_per_second", "Of each process; as many may come at once.",
                            {.unit = "{trace}/s", .minimum = 0, .maximum = 1'000'000'000}));
}

constexpr auto ergon_describe(Tag<ParentBased>) {
  return config::object(
      "Follows the decision of the parent span.",
      config::field<&ParentBased::root>("root", "Decides for spans without a parent."),
      config::field<&ParentBased::remote_parent_sampled>("remote_parent_sampled",
                                                         "For a sampled parent in another process."),
      config::field<&ParentBased::remote_parent_not_sampled>(
          "remote_parent_not_sampled", "For a parent in another process that was not sampled."),
      config::field<&ParentBased::local_parent_sampled>("local_parent_sampled",
                                                        "For a sampled parent in this process."),
      config::field<&ParentBased::local_parent_not_sampled>(
          "local_parent_not_sampled", "For a parent in this process that was not sampled."));
}

constexpr auto ergon_describe(Tag<SpanKind>) {
  return config::enumeration(
      "The role of a span.", config::name("internal", SpanKind::internal),
      config::name("server", SpanKind::server), config::name("client", SpanKind::client),
      config::name("producer", SpanKind::producer), config::name("consumer", SpanKind::consumer));
}

constexpr auto ergon_describe(Tag<SamplingRule>) {
  return config::object(
      "The sampler of the spans that are as this says.",
      config::field<&SamplingRule::name>("name", "The span's name; * and ? stand for characters."),
      config::field<&SamplingRule::kinds>("kinds", "One of these; without any, every kind."),
      config::field<&SamplingRule::attributes>(
          "attributes", "Attributes that the span starts with; * and ? stand for characters."),
      config::field<&SamplingRule::sampler>("sampler", "Decides for these spans."));
}

constexpr auto ergon_describe(Tag<RuleBased>) {
  return config::object(
      "The first rule that a span matches decides.",
      config::field<&RuleBased::rules>("rules", "In the order in which they are tried.", {.minimum = 1}),
      config::field<&RuleBased::otherwise>("otherwise", "For spans that match no rule."));
}

constexpr auto ergon_describe(Tag<AlwaysRecord>) {
  return config::object("Records every span, with the sampled flag off where another sampler would drop it.",
                        config::field<&AlwaysRecord::root>("root", "Decides which spans are sampled."));
}

constexpr auto ergon_describe(Tag<ParentThreshold>) {
  return config::object("Goes on with the threshold of the parent's trace state.",
                        config::field<&ParentThreshold::root>("root", "Decides for spans without a parent."));
}

constexpr auto ergon_describe(Tag<ParentKind>) {
  return config::enumeration("Where a span's parent is.", config::name("none", ParentKind::none),
                             config::name("remote", ParentKind::remote),
                             config::name("local", ParentKind::local));
}

constexpr auto ergon_describe(Tag<AttributeValuesCondition>) {
  return config::object(
      "An attribute has one of these values.",
      config::field<&AttributeValuesCondition::key>("key", "Of the attribute.", {.required = true}),
      config::field<&AttributeValuesCondition::values>("values", "As text.", {.minimum = 1}));
}

constexpr auto ergon_describe(Tag<AttributePatternsCondition>) {
  return config::object(
      "An attribute's value is as these; * and ? stand for characters.",
      config::field<&AttributePatternsCondition::key>("key", "Of the attribute.", {.required = true}),
      config::field<&AttributePatternsCondition::included>("included", "One of these; without any, all."),
      config::field<&AttributePatternsCondition::excluded>("excluded", "And none of these."));
}

constexpr auto ergon_describe(Tag<ComposableRule>) {
  return config::object(
      "The sampler of the spans that are as this says.",
      config::field<&ComposableRule::attribute_values>("attribute_values", "An attribute by its values."),
      config::field<&ComposableRule::attribute_patterns>("attribute_patterns", "An attribute by patterns."),
      config::field<&ComposableRule::span_kinds>("span_kinds", "One of these; without any, every kind."),
      config::field<&ComposableRule::parent>("parent", "One of these; without any, every parent or none."),
      config::field<&ComposableRule::sampler>("sampler", "Decides for these spans."));
}

constexpr auto ergon_describe(Tag<ComposableRuleBased>) {
  return config::object("The first rule that a span matches decides; without any it is dropped.",
                        config::field<&ComposableRuleBased::rules>(
                            "rules", "In the order in which they are tried.", {.minimum = 1}));
}

constexpr auto ergon_describe(Tag<Annotating>) {
  return config::object("Puts attributes on what another sampler samples.",
                        config::field<&Annotating::attributes>("attributes", "Of the span."),
                        config::field<&Annotating::sampler>("sampler", "Decides which spans are sampled."));
}

constexpr auto ergon_describe(Tag<ComposableSampler>) {
  return config::one_of("Decides by a threshold, and says it in the trace's state.",
                        config::alternative<ComposableSampler, AlwaysOn>("always_on"),
                        config::alternative<ComposableSampler, AlwaysOff>("always_off"),
                        config::alternative<ComposableSampler, Probability>("probability"),
                        config::alternative<ComposableSampler, Probability>("probability/development"),
                        config::alternative<ComposableSampler, ParentThreshold>("parent_threshold"),
                        config::alternative<ComposableSampler, ComposableRuleBased>("rule_based"),
                        config::alternative<ComposableSampler, Annotating>("annotating"));
}

constexpr auto ergon_describe(Tag<Sampler>) {
  return config::one_of("Decides which traces are recorded.",
                        config::alternative<Sampler, AlwaysOn>("always_on"),
                        config::alternative<Sampler, AlwaysOff>("always_off"),
                        config::alternative<Sampler, TraceIdRatioBased>("trace_id_ratio_based"),
                        config::alternative<Sampler, Probability>("probability"),
                        config::alternative<Sampler, Probability>("probability/development"),
                        config::alternative<Sampler, RateLimiting>("rate_limiting"),
                        config::alternative<Sampler, ParentBased>("parent_based"),
                        config::alternative<Sampler, RuleBased>("rule_based"),
                        config::alternative<Sampler, AlwaysRecord>("always_record"),
                        config::alternative<Sampler, ComposableSampler>("composite/development"),
                        config::registered<Sampler, Custom>(detail::kSamplers));
}

}  // namespace ergon::inline v0

namespace ergon::inline v0::config {

template <>
const TypeDescription& type_of<Sampler>() noexcept {
  return described<Sampler>();
}

template <>
const TypeDescription& type_of<ComposableSampler>() noexcept {
  return described<ComposableSampler>();
}

}  // namespace ergon::inline v0::config
