#include "telemetry/sampling/make_sampler.hpp"

#include <algorithm>
#include <variant>

#include "config/extension_registry.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/sampling.hpp"
#include "telemetry/sampling/always_record_sampler.hpp"
#include "telemetry/sampling/composable.hpp"
#include "telemetry/sampling/parent_sampler.hpp"
#include "telemetry/sampling/probability_sampler.hpp"
#include "telemetry/sampling/rate_limiting_sampler.hpp"
#include "telemetry/sampling/rule_sampler.hpp"
#include "telemetry/sampling/threshold_sampler.hpp"

namespace ergon::inline v0::telemetry {

namespace {

std::unique_ptr<const SpanSampler> make(const AlwaysOn& /*on*/) {
  return std::make_unique<ThresholdSampler>(kAlwaysSampled);
}

std::unique_ptr<const SpanSampler> make(const AlwaysOff& /*off*/) {
  return std::make_unique<ThresholdSampler>(kNeverSampled);
}

std::unique_ptr<const SpanSampler> make(const TraceIdRatioBased& config) {
  return std::make_unique<ThresholdSampler>(rounded_threshold(config.ratio));
}

std::unique_ptr<const SpanSampler> make(const Probability& config) {
  return std::make_unique<ProbabilitySampler>(config.ratio);
}

std::unique_ptr<const SpanSampler> make(const RateLimiting& config) {
  return std::make_unique<RateLimitingSampler>(config.traces_per_second);
}

// For parents of one kind, where `Same` does as they did.
template <class Same>
std::unique_ptr<const SpanSampler> make_delegate(const Sampler& sampler) {
  if (sampler.holds<Same>()) return std::make_unique<FollowingSampler>();
  return make_sampler(sampler);
}

std::unique_ptr<const SpanSampler> make(const ParentBased& config) {
  ParentSampler::Delegates delegates;
  delegates.root = make_sampler(*config.root);
  delegates.remote_parent_sampled = make_delegate<AlwaysOn>(*config.remote_parent_sampled);
  delegates.remote_parent_not_sampled = make_delegate<AlwaysOff>(*config.remote_parent_not_sampled);
  delegates.local_parent_sampled = make_delegate<AlwaysOn>(*config.local_parent_sampled);
  delegates.local_parent_not_sampled = make_delegate<AlwaysOff>(*config.local_parent_not_sampled);
  return std::make_unique<ParentSampler>(std::move(delegates));
}

std::unique_ptr<const SpanSampler> make(const RuleBased& config) {
  std::vector<RuleSampler::Rule> rules;
  for (const SamplingRule& rule : config.rules)
    rules.push_back({rule.name, rule.kinds, rule.attributes, make_sampler(*rule.sampler)});
  return std::make_unique<RuleSampler>(std::move(rules), make_sampler(*config.otherwise));
}

std::unique_ptr<const SpanSampler> make(const AlwaysRecord& config) {
  return std::make_unique<AlwaysRecordSampler>(make_sampler(*config.root));
}

std::unique_ptr<const SpanSampler> make(const ComposableSampler& config) {
  return std::make_unique<CompositeSampler>(make_composable(config));
}

std::unique_ptr<const SpanSampler> make(const Custom& custom) {
  return std::unique_ptr<const SpanSampler>(
      static_cast<const SpanSampler*>(config::make_extension(detail::kSamplers, custom, "tracing.sampler")));
}

std::optional<std::uint64_t> threshold_of(const Sampler& sampler) {
  if (sampler.holds<AlwaysOn>()) return kAlwaysSampled;
  if (sampler.holds<AlwaysOff>()) return kNeverSampled;
  if (const auto* by_id = sampler.get_if<TraceIdRatioBased>()) return rounded_threshold(by_id->ratio);
  return std::nullopt;
}

// For spans without a parent.
std::optional<std::uint64_t> root_threshold_of(const Sampler& sampler) {
  const auto* parent = sampler.get_if<ParentBased>();
  return parent != nullptr ? root_threshold_of(*parent->root) : threshold_of(sampler);
}

bool follows_all(const ParentBased& config) {
  return config.remote_parent_sampled->holds<AlwaysOn>() && config.local_parent_sampled->holds<AlwaysOn>() &&
         config.remote_parent_not_sampled->holds<AlwaysOff>() &&
         config.local_parent_not_sampled->holds<AlwaysOff>();
}

// Each answers for the spans that reach it: those without a parent only, or others, too.
bool uses_ratio(const Sampler& sampler, bool is_of_roots);

bool uses_ratio_in(const TraceIdRatioBased& /*config*/, bool is_of_roots) { return !is_of_roots; }

bool uses_ratio_in(const ParentBased& config, bool /*is_of_roots*/) {
  return uses_ratio(*config.root, true) || uses_ratio(*config.remote_parent_sampled, false) ||
         uses_ratio(*config.remote_parent_not_sampled, false) ||
         uses_ratio(*config.local_parent_sampled, false) ||
         uses_ratio(*config.local_parent_not_sampled, false);
}

bool uses_ratio_in(const RuleBased& config, bool is_of_roots) {
  const auto is_one = [is_of_roots](const SamplingRule& rule) {
    return uses_ratio(*rule.sampler, is_of_roots);
  };
  return std::ranges::any_of(config.rules, is_one) || uses_ratio(*config.otherwise, is_of_roots);
}

bool uses_ratio_in(const AlwaysRecord& config, bool is_of_roots) {
  return uses_ratio(*config.root, is_of_roots);
}

template <class Other>
bool uses_ratio_in(const Other& /*config*/, bool /*is_of_roots*/) {
  return false;
}

bool uses_ratio(const Sampler& sampler, bool is_of_roots) {
  return sampler.visit([is_of_roots](const auto& config) { return uses_ratio_in(config, is_of_roots); });
}

}  // namespace

bool uses_ratio_below_roots(const Sampler& sampler) { return uses_ratio(sampler, false); }

std::optional<PlainSampling> plain_sampling(const Sampler& sampler) {
  const auto* parent = sampler.get_if<ParentBased>();
  if (parent != nullptr && !follows_all(*parent)) return std::nullopt;
  const auto threshold = root_threshold_of(sampler);
  if (!threshold) return std::nullopt;
  return PlainSampling{parent != nullptr, *threshold};
}

std::unique_ptr<const SpanSampler> make_sampler(const Sampler& sampler) {
  return sampler.visit([](const auto& config) { return make(config); });
}

}  // namespace ergon::inline v0::telemetry
