#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include <ergon/telemetry/attributes.hpp>

#include "base/utf8.hpp"
#include "telemetry/record/attribute_limits.hpp"
#include "telemetry/record/record_body.hpp"

namespace ergon::inline v0::telemetry {

/// Field tags of OTLP's KeyValue lists, by the message they stand in.
enum class AttributeTag : std::uint8_t {
  span = 0x4a,               // Span.attributes = 9
  event = 0x1a,              // Span.Event.attributes = 3
  link = 0x22,               // Span.Link.attributes = 4
  log = 0x32,                // LogRecord.attributes = 6
  scope = 0x1a,              // InstrumentationScope.attributes = 3
  resource = 0x0a,           // Resource.attributes = 1
  number_point = 0x3a,       // NumberDataPoint.attributes = 7
  histogram_point = 0x4a,    // HistogramDataPoint.attributes = 9
  exponential_point = 0x0a,  // ExponentialHistogramDataPoint.attributes = 1
};

// All values but short strings.
bool append_any_attribute(SpanBody& body, AttributeTag tag, std::string_view key, const AttributeValue& value,
                          AttributeLimits limits) noexcept;

/// Appends a string that is ASCII, as its key is, and so short that every length is one byte. False, with
/// nothing appended, of all else.
[[gnu::always_inline]] inline bool append_short_text(SpanBody& body, AttributeTag tag, std::string_view key,
                                                     const AttributeValue& value,
                                                     AttributeLimits limits) noexcept {
  // KeyValue {0x0a key, 0x12 AnyValue {0x0a string}}.
  constexpr std::size_t kMostText = 121;
  constexpr std::size_t kAround = 8;
  if (value.kind() != AttributeValue::Kind::string) return false;
  const std::string_view text = value.text();
  const std::size_t size = key.size() + text.size();
  if (size > kMostText || text.size() > limits.value_length || body.size + size + kAround > body.capacity)
      [[unlikely]] {
    return false;
  }
  std::byte* at = body.data + body.size;
  const auto put = [](std::byte* to, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    const std::uint32_t four = static_cast<std::uint32_t>(a | b << 8U | c << 16U | d << 24U);
    std::memcpy(to, &four, sizeof four);
  };
  put(at, static_cast<std::uint8_t>(tag), size + 6, 0x0a, key.size());
  bool is_ascii = base::copy_is_ascii(at + 4, key);
  at += 4 + key.size();
  put(at, 0x12, text.size() + 2, 0x0a, text.size());
  is_ascii &= base::copy_is_ascii(at + 4, text);
  if (!is_ascii) [[unlikely]]
    return false;
  body.size += static_cast<std::uint32_t>(size + kAround);
  return true;
}

/// Appends one attribute as a KeyValue field, its strings repaired to UTF-8, its value cut to the limits.
/// False, with nothing appended, when there is no memory.
[[gnu::always_inline]] inline bool append_attribute(SpanBody& body, AttributeTag tag, std::string_view key,
                                                    const AttributeValue& value,
                                                    AttributeLimits limits = {}) noexcept {
  return append_short_text(body, tag, key, value, limits) ||
         append_any_attribute(body, tag, key, value, limits);
}

/// Appends a list of attributes, the first keys up to the limit, the last value of each. Answers how many
/// were left out.
std::uint32_t append_attributes(SpanBody& body, AttributeTag tag, std::span<const Attribute> attributes,
                                AttributeLimits limits = {}) noexcept;

/// Whether encoding the value walks a range, which is the program's code and may record in its turn.
[[nodiscard]] inline bool is_walked(const AttributeValue& value) noexcept {
  return value.kind() >= AttributeValue::Kind::erased;
}
[[nodiscard]] inline bool has_walked(std::span<const Attribute> attributes) noexcept {
  return std::ranges::any_of(attributes, [](const Attribute& one) { return is_walked(one.value); });
}

/// Attributes encoded before what they belong to is touched.
class EncodedAttributes {
 public:
  EncodedAttributes(AttributeTag tag, std::span<const Attribute> attributes, AttributeLimits limits) noexcept;
  EncodedAttributes(const EncodedAttributes&) = delete;
  EncodedAttributes& operator=(const EncodedAttributes&) = delete;
  ~EncodedAttributes() { release_body(body_); }

  [[nodiscard]] const SpanBody& body() const noexcept { return body_; }
  /// Answers how many were left out, as `append_attributes` does.
  std::uint32_t append_to(SpanBody& body) const noexcept;

 private:
  SpanBody body_;
  std::uint32_t count_;
  std::uint32_t dropped_;
};

}  // namespace ergon::inline v0::telemetry
