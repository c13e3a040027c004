#include "telemetry/sampling/rule_sampler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/wildcard.hpp"

namespace ergon::telemetry {

namespace {

// A single value, but a string, as people would write it; an array or a map has no such form.
std::optional<std::string> text_of(const AttributeValue& value) {
  switch (value.kind()) {
    case AttributeValue::Kind::boolean:
      return value.boolean() ? "true" : "false";
    case AttributeValue::Kind::integer:
      return fmt::to_string(value.integer());
    case AttributeValue::Kind::unsigned_integer:
      return fmt::to_string(static_cast<std::uint64_t>(value.integer()));
    case AttributeValue::Kind::floating:
      return fmt::to_string(value.floating());
    default:
      return std::nullopt;
  }
}

bool has(std::span<const Attribute> attributes, std::string_view key, std::string_view pattern) {
  // The last value of a key counts, as on the span.
  const auto found = std::find_if(attributes.rbegin(), attributes.rend(),
                                  [&](const Attribute& attribute) { return attribute.key == key; });
  if (found == attributes.rend()) return false;
  if (found->value.kind() == AttributeValue::Kind::string)
    return base::matches_wildcard(pattern, found->value.text());
  const auto text = text_of(found->value);
  return text && base::matches_wildcard(pattern, *text);
}

}  // namespace

bool RuleSampler::Rule::matches(const SamplingInput& input) const {
  if (!base::matches_wildcard(name, input.name)) return false;
  if (!kinds.empty() && std::ranges::find(kinds, input.kind) == kinds.end()) return false;
  return std::ranges::all_of(
      attributes, [&](const auto& wanted) { return has(input.attributes, wanted.first, wanted.second); });
}

void RuleSampler::should_sample(const SamplingInput& input, SamplingResult& result) const {
  const auto rule = std::ranges::find_if(rules_, [&](const Rule& one) { return one.matches(input); });
  (rule != rules_.end() ? *rule->sampler : *otherwise_).should_sample(input, result);
}

}  // namespace ergon::telemetry
