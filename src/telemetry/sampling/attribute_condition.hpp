#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <ergon/telemetry/attributes.hpp>

namespace ergon::inline v0::telemetry {

/// A single value, but a string, as people would write it; an array or a map has no such form.
inline std::optional<std::string> text_of(const AttributeValue& value) {
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

/// Whether there is an attribute of this key, and the condition holds for its value as text: for the last
/// one, as that is the one on the span.
template <class Condition>
bool holds_for(std::span<const Attribute> attributes, std::string_view key, Condition condition) {
  const auto found = std::find_if(attributes.rbegin(), attributes.rend(),
                                  [&](const Attribute& attribute) { return attribute.key == key; });
  if (found == attributes.rend()) return false;
  if (found->value.kind() == AttributeValue::Kind::string) return condition(found->value.text());
  const auto text = text_of(found->value);
  return text && condition(*text);
}

}  // namespace ergon::inline v0::telemetry
