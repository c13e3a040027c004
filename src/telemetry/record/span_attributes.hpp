#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

// Tells most keys apart by their length and their ends, so that the check for a repeated key compares
// numbers.
[[nodiscard]] inline std::uint32_t fingerprint(std::string_view key) noexcept {
  const char* from = key.data();
  const std::size_t size = key.size();
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  if (size >= 4) [[likely]] {
    std::memcpy(&first, from, 4);
    std::memcpy(&last, from + size - 4, 4);
  } else {
    for (std::size_t i = 0; i < size; ++i) first = (first << 8U) | static_cast<std::uint8_t>(from[i]);
  }
  return (first ^ (last * 0x9E3779B1U)) + static_cast<std::uint32_t>(size);
}

/// Whether the span may hold this key; false is certain.
[[nodiscard]] inline bool may_hold(const detail::LiveSpan& span, std::uint32_t print) noexcept {
  const std::uint32_t indexed = span.attribute_count < detail::LiveSpan::kIndexedAttributes
                                    ? span.attribute_count
                                    : detail::LiveSpan::kIndexedAttributes;
  for (std::uint32_t i = 0; i < indexed; ++i) {
    if (span.fingerprints[i] == print) return true;
  }
  return span.attribute_count > detail::LiveSpan::kIndexedAttributes;
}

/// Removes the attribute of this key; false when there is none. Only a fingerprint that matches, or more
/// attributes than are indexed, leads here.
[[gnu::cold]] bool erase_attribute(SpanBody& body, std::string_view key) noexcept;

// Any attribute: a key that is ill-formed is repaired first, so that keys are compared as they will be sent.
[[gnu::noinline]] void set_any_attribute(detail::LiveSpan& span, std::string_view key,
                                         const AttributeValue& value, AttributeLimits limits) noexcept;

/// Sets an attribute: the last value of a key wins, and new keys beyond the limit are counted as dropped.
[[gnu::always_inline]] inline void set_span_attribute(detail::LiveSpan& span, std::string_view key,
                                                      const AttributeValue& value,
                                                      AttributeLimits limits) noexcept {
  const std::uint32_t count = span.attribute_count;
  if (value.kind() == AttributeValue::Kind::string && count < detail::LiveSpan::kIndexedAttributes &&
      count < limits.count && !key.empty()) {
    const std::uint32_t print = fingerprint(key);
    if (!may_hold(span, print) && append_short_text(span.body, AttributeTag::span, key, value, limits))
        [[likely]] {
      span.fingerprints[count] = print;
      ++span.attribute_count;
      return;
    }
  }
  set_any_attribute(span, key, value, limits);
}

}  // namespace ergon::inline v0::telemetry
