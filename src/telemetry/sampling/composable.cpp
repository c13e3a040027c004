#include "telemetry/sampling/composable.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/wildcard.hpp"
#include "telemetry/record/probability_state.hpp"
#include "telemetry/sampling/attribute_condition.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// `always_on`, `always_off` and `probability`.
class ComposableThreshold final : public Composable {
 public:
  explicit ComposableThreshold(std::uint64_t threshold) noexcept
      : intent_{.threshold = threshold, .is_reliable = threshold != kNeverSampled} {}

  [[nodiscard]] SamplingIntent intent(const SamplingInput& /*input*/) const override { return intent_; }

 private:
  SamplingIntent intent_;
};

class ComposableParentThreshold final : public Composable {
 public:
  explicit ComposableParentThreshold(const ParentThreshold& config) : root_(make_composable(*config.root)) {}

  [[nodiscard]] SamplingIntent intent(const SamplingInput& input) const override {
    const SpanContext& parent = input.context.span_context();
    if (!parent.is_valid()) return root_->intent(input);
    if (const auto threshold = threshold_in(parent.trace_state))
      return {.threshold = *threshold, .is_reliable = true};
    return {.threshold = parent.is_sampled() ? kAlwaysSampled : kNeverSampled};
  }

 private:
  std::unique_ptr<const Composable> root_;
};

template <class T>
bool is_one_of(const std::vector<T>& values, const T& value) {
  return values.empty() || std::ranges::find(values, value) != values.end();
}

ParentKind parent_kind_of(const SpanContext& parent) {
  if (!parent.is_valid()) return ParentKind::none;
  return parent.is_remote ? ParentKind::remote : ParentKind::local;
}

bool is_met(const AttributeValuesCondition& condition, const SamplingInput& input) {
  return holds_for(input.attributes, condition.key, [&](std::string_view value) {
    return std::ranges::find(condition.values, value) != condition.values.end();
  });
}

bool is_met(const AttributePatternsCondition& condition, const SamplingInput& input) {
  return holds_for(input.attributes, condition.key, [&](std::string_view value) {
    const auto matches = [value](const std::string& pattern) {
      return base::matches_wildcard(pattern, value);
    };
    const bool is_included = condition.included.empty() || std::ranges::any_of(condition.included, matches);
    return is_included && std::ranges::none_of(condition.excluded, matches);
  });
}

bool matches(const ComposableRule& rule, const SamplingInput& input) {
  return is_one_of(rule.span_kinds, input.kind) &&
         is_one_of(rule.parent, parent_kind_of(input.context.span_context())) &&
         (!rule.attribute_values || is_met(*rule.attribute_values, input)) &&
         (!rule.attribute_patterns || is_met(*rule.attribute_patterns, input));
}

class ComposableRules final : public Composable {
 public:
  struct Rule {
    ComposableRule conditions;
    std::unique_ptr<const Composable> sampler;
  };
  explicit ComposableRules(std::vector<Rule> rules) noexcept : rules_(std::move(rules)) {}

  [[nodiscard]] SamplingIntent intent(const SamplingInput& input) const override {
    const auto rule =
        std::ranges::find_if(rules_, [&](const Rule& one) { return matches(one.conditions, input); });
    return rule != rules_.end() ? rule->sampler->intent(input) : SamplingIntent{};
  }

 private:
  std::vector<Rule> rules_;
};

class ComposableAnnotating final : public Composable {
 public:
  explicit ComposableAnnotating(const Annotating& config)
      : attributes_(config.attributes), sampler_(make_composable(*config.sampler)) {}

  [[nodiscard]] SamplingIntent intent(const SamplingInput& input) const override {
    SamplingIntent intent = sampler_->intent(input);
    intent.attributes.push_back(&attributes_);
    return intent;
  }

 private:
  ResourceAttributes attributes_;
  std::unique_ptr<const Composable> sampler_;
};

void set_all(const ResourceAttributes& attributes, SamplingResult& result) {
  for (const auto& one : attributes)
    std::visit([&](const auto& value) { result.set_attribute(one.first, value); }, one.second);
}

std::unique_ptr<const Composable> make(const AlwaysOn& /*on*/) {
  return std::make_unique<ComposableThreshold>(kAlwaysSampled);
}

std::unique_ptr<const Composable> make(const AlwaysOff& /*off*/) {
  return std::make_unique<ComposableThreshold>(kNeverSampled);
}

std::unique_ptr<const Composable> make(const Probability& config) {
  return std::make_unique<ComposableThreshold>(rounded_threshold(config.ratio));
}

std::unique_ptr<const Composable> make(const ParentThreshold& config) {
  return std::make_unique<ComposableParentThreshold>(config);
}

std::unique_ptr<const Composable> make(const ComposableRuleBased& config) {
  std::vector<ComposableRules::Rule> rules;
  for (const ComposableRule& rule : config.rules) {
    ComposableRules::Rule& made = rules.emplace_back();
    made.conditions = rule;
    made.sampler = make_composable(*rule.sampler);
  }
  return std::make_unique<ComposableRules>(std::move(rules));
}

std::unique_ptr<const Composable> make(const Annotating& config) {
  return std::make_unique<ComposableAnnotating>(config);
}

}  // namespace

std::unique_ptr<const Composable> make_composable(const ComposableSampler& config) {
  return config.visit([](const auto& one) { return make(one); });
}

void CompositeSampler::should_sample(const SamplingInput& input, SamplingResult& result) const {
  const SamplingIntent intent = root_->intent(input);
  const bool is_sampled = randomness_of(input.trace_id, result.trace_state) >= intent.threshold;
  if (is_sampled) {
    result.decision = SamplingDecision::record_and_sample;
    for (const ResourceAttributes* attributes : intent.attributes) set_all(*attributes, result);
  }
  const bool says_threshold = is_sampled && intent.is_reliable;
  result.trace_state = with_threshold_entry(
      result.trace_state, says_threshold ? threshold_entry(intent.threshold) : std::string());
}

}  // namespace ergon::inline v0::telemetry
