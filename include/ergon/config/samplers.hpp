#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/boxed.hpp>
#include <ergon/config/custom.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/resource_attributes.hpp>
#include <ergon/telemetry/span_kind.hpp>

namespace ergon::inline v0 {

/// Records every trace. In YAML: `always_on`.
struct AlwaysOn {};

/// Records no trace. In YAML: `always_off`.
struct AlwaysOff {};

/// Records the given share of traces, chosen by trace id, so that all processes choose the same ones. In
/// YAML: `trace_id_ratio_based`.
struct TraceIdRatioBased {
  /// From 0 (none) to 1 (all).
  double ratio{1.0};
};

/// The same, and says in the trace's state (`ot=th:…`) how likely it was, so that a backend can count what
/// was left out and other processes decide alike (specification: trace/tracestate-probability-sampling.md).
/// In YAML: `probability`.
struct Probability {
  /// From 2^-56 to 1; 0 is none.
  double ratio{1.0};
};

/// Records at most so many spans a second of those that it is asked for, with as many at once as a second
/// allows, and at least one. Below `parent_based` these are traces, as it is asked for their roots only. Each
/// process has a budget of its own. In YAML: `rate_limiting`.
struct RateLimiting {
  double traces_per_second{100};
};

struct ParentBased;
struct RuleBased;
struct AlwaysRecord;
struct ParentThreshold;
struct ComposableRuleBased;
struct Annotating;

/// Samplers that answer with a threshold for the trace's randomness, not with a decision, so that what is
/// made of them decides once, and says in the trace's state how likely that was, `always_on` as `ot=th:0`
/// (specification: trace/sdk.md#compositesampler). In YAML below `composite/development`.
using ComposableSampler =
    OneOf<AlwaysOn, AlwaysOff, Probability, ParentThreshold, ComposableRuleBased, Annotating>;

/// Decides which traces are recorded. In YAML a map with one key: `sampler: {trace_id_ratio_based: {ratio:
/// 0.25}}`.
using Sampler = OneOf<AlwaysOn, AlwaysOff, TraceIdRatioBased, Probability, RateLimiting, ParentBased,
                      RuleBased, AlwaysRecord, ComposableSampler, Custom>;

/// Spans without a parent ask `root`; others the sampler for their parent, which by default follows the
/// parent's decision (specification: trace/sdk.md#parentbased). In YAML: `parent_based`.
struct ParentBased {
  Boxed<Sampler> root{AlwaysOn{}};
  Boxed<Sampler> remote_parent_sampled{AlwaysOn{}};
  Boxed<Sampler> remote_parent_not_sampled{AlwaysOff{}};
  Boxed<Sampler> local_parent_sampled{AlwaysOn{}};
  Boxed<Sampler> local_parent_not_sampled{AlwaysOff{}};
};

/// The sampler of the spans that are as this says; what is not said matches all.
struct SamplingRule {
  /// The span's name, with `*` for any number of characters and `?` for one.
  std::string name{"*"};
  /// One of these.
  std::vector<SpanKind> kinds{};
  /// Attributes that the span starts with, all of them, and their values as text, with `*` and `?` as above.
  std::map<std::string, std::string> attributes{};
  Boxed<Sampler> sampler{AlwaysOn{}};
};

/// The first rule that a span matches decides; without any, `otherwise` does. In YAML: `rule_based`.
struct RuleBased {
  std::vector<SamplingRule> rules{};
  Boxed<Sampler> otherwise{AlwaysOff{}};
};

/// Records every span: those that `root` would drop are recorded with the sampled flag off, and reach no
/// exporter (specification: trace/sdk.md#alwaysrecord). In YAML: `always_record`.
struct AlwaysRecord {
  Boxed<Sampler> root{AlwaysOn{}};
};

/// Goes on with the threshold of the parent's trace state; without one, as the parent decided, and then the
/// probability is unknown. Spans without a parent ask `root`. In YAML: `parent_threshold`.
struct ParentThreshold {
  Boxed<ComposableSampler> root{AlwaysOn{}};
};

/// In YAML: `none`, `remote`, `local`.
enum class ParentKind : std::uint8_t {
  none,    // the root of a trace
  remote,  // in another process
  local,
};

/// An attribute that the span starts with, its value as text, is one of these.
struct AttributeValuesCondition {
  std::string key{};
  std::vector<std::string> values{};
};

/// An attribute that the span starts with, its value as text, with `*` for any number of characters and `?`
/// for one: it is as one of `included`, any value where there is none, and as none of `excluded`.
struct AttributePatternsCondition {
  std::string key{};
  std::vector<std::string> included{};
  std::vector<std::string> excluded{};
};

/// The sampler of the spans that meet all that is said here; what is not said matches all.
struct ComposableRule {
  std::optional<AttributeValuesCondition> attribute_values{};
  std::optional<AttributePatternsCondition> attribute_patterns{};
  /// One of these.
  std::vector<SpanKind> span_kinds{};
  /// The parent is one of these.
  std::vector<ParentKind> parent{};
  Boxed<ComposableSampler> sampler{AlwaysOn{}};
};

/// The first rule that a span matches decides; without any, it is dropped. In YAML: `rule_based`.
struct ComposableRuleBased {
  std::vector<ComposableRule> rules{};
};

/// Puts attributes on what another sampler samples. In YAML: `annotating`, which OpenTelemetry's declarative
/// configuration has not.
struct Annotating {
  ResourceAttributes attributes{};
  Boxed<ComposableSampler> sampler{AlwaysOn{}};
};

// Compiled into the library, as are the boxes of the samplers that are others' defaults.
extern template class OneOf<AlwaysOn, AlwaysOff, TraceIdRatioBased, Probability, RateLimiting, ParentBased,
                            RuleBased, AlwaysRecord, ComposableSampler, Custom>;
extern template class OneOf<AlwaysOn, AlwaysOff, Probability, ParentThreshold, ComposableRuleBased,
                            Annotating>;
extern template Sampler::OneOf(ParentBased&&);
extern template class Boxed<Sampler>;
extern template Boxed<Sampler>::Boxed(AlwaysOn&&);
extern template Boxed<Sampler>::Boxed(AlwaysOff&&);
extern template class Boxed<ComposableSampler>;
extern template Boxed<ComposableSampler>::Boxed(AlwaysOn&&);

}  // namespace ergon::inline v0
