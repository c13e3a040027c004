#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::telemetry {

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

// A key that is not ASCII: repaired first, so that keys are compared as they will be sent.
[[gnu::cold]] void set_repaired_attribute(detail::LiveSpan& span, std::string_view key,
                                          const AttributeValue& value) noexcept;

// The key is well-formed.
[[gnu::always_inline]] inline void set_clean_attribute(detail::LiveSpan& span, std::string_view key,
                                                       const AttributeValue& value) noexcept {
  const AttributeLimits limits = g_recording.span_attributes.load(std::memory_order_relaxed);
  const std::uint32_t print = fingerprint(key);
  const bool replaces = may_hold(span, print) && erase_attribute(span.body, key);
  if (!replaces && (span.attribute_count >= limits.count || key.empty())) [[unlikely]] {
    ++span.dropped_attributes;
    return;
  }
  if (!append_attribute(span.body, AttributeTag::span, key, value, limits)) [[unlikely]] {
    // One that was to be replaced keeps its place among the counted, or others would lose their fingerprints.
    ++span.dropped_attributes;
    return;
  }
  if (replaces) return;
  if (span.attribute_count < detail::LiveSpan::kIndexedAttributes)
    span.fingerprints[span.attribute_count] = print;
  ++span.attribute_count;
}

/// Sets an attribute: the last value of a key wins, and new keys beyond the limit are counted as dropped.
[[gnu::always_inline]] inline void set_span_attribute(detail::LiveSpan& span, std::string_view key,
                                                      const AttributeValue& value) noexcept {
  if (!base::is_ascii(key)) [[unlikely]]
    return set_repaired_attribute(span, key, value);
  set_clean_attribute(span, key, value);
}

}  // namespace ergon::telemetry
