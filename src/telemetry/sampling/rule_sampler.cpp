#include "telemetry/sampling/rule_sampler.hpp"

#include <algorithm>

#include "base/wildcard.hpp"
#include "telemetry/sampling/attribute_condition.hpp"

namespace ergon::inline v0::telemetry {

bool RuleSampler::Rule::matches(const SamplingInput& input) const {
  if (!base::matches_wildcard(name, input.name)) return false;
  if (!kinds.empty() && std::ranges::find(kinds, input.kind) == kinds.end()) return false;
  return std::ranges::all_of(attributes, [&](const auto& wanted) {
    return holds_for(input.attributes, wanted.first,
                     [&](std::string_view value) { return base::matches_wildcard(wanted.second, value); });
  });
}

void RuleSampler::should_sample(const SamplingInput& input, SamplingResult& result) const {
  const auto rule = std::ranges::find_if(rules_, [&](const Rule& one) { return one.matches(input); });
  (rule != rules_.end() ? *rule->sampler : *otherwise_).should_sample(input, result);
}

}  // namespace ergon::inline v0::telemetry
