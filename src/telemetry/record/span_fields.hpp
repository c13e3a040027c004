#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include <ergon/telemetry/live_span.hpp>

#include "telemetry/record/append_attribute.hpp"

namespace ergon::inline v0::telemetry {

// Tags of the fields of OTLP's Span that a live span writes itself.
inline constexpr std::uint8_t kSpanTraceStateTag = 0x1a;
inline constexpr std::uint8_t kSpanNameTag = 0x2a;
inline constexpr std::uint8_t kSpanAttributeTag = 0x4a;
inline constexpr std::uint8_t kSpanEventTag = 0x5a;
inline constexpr std::uint8_t kSpanLinkTag = 0x6a;
inline constexpr std::uint8_t kSpanStatusTag = 0x7a;

// Of an event whose time is still to be set, the first field: ticks, which the worker turns into it. A time
// that the program gave stands behind the name.
inline constexpr char kEventTimeTag = 0x09;

/// Unix time in nanoseconds; 0, which stands for "now", of the epoch itself.
[[nodiscard]] inline std::uint64_t unix_nanoseconds(Timestamp time) noexcept {
  if (time == Timestamp{}) [[likely]]
    return 0;
  using std::chrono::nanoseconds;
  const auto since_epoch = std::chrono::duration_cast<nanoseconds>(time.time_since_epoch());
  return static_cast<std::uint64_t>(std::max<nanoseconds::rep>(since_epoch.count(), 1));
}

/// The name of the span, as it stands in its body.
[[nodiscard]] std::string_view name_of(const SpanBody& body) noexcept;

/// Attributes as a span, one of its events or links will take them.
[[nodiscard]] EncodedAttributes encoded_for(AttributeTag tag, std::span<const Attribute> attributes) noexcept;

/// Without any of its fields yet.
inline void reset_fields(detail::LiveSpan& span) noexcept {
  span.attribute_count = span.event_count = span.link_count = 0;
  span.dropped_attributes = span.dropped_events = span.dropped_links = 0;
  reset_body(span.body);
}

// With attributes that walk ranges: encoded before, as whoever walks may record on this very span.
[[gnu::cold]] void set_attribute(detail::LiveSpan& span, const EncodedAttributes& one) noexcept;
[[gnu::cold]] void add_event(detail::LiveSpan& span, std::string_view name,
                             const EncodedAttributes& attributes, Timestamp time = {}) noexcept;
[[gnu::cold]] void add_link(detail::LiveSpan& span, const SpanContext& linked,
                            const EncodedAttributes& attributes) noexcept;

/// Marks a scoped span that an exception unwinds: Error, and where no `error.type` was set, `_OTHER`, as the
/// type can't be known here. A span that is Ok stays so.
[[gnu::cold]] void record_unwinding(detail::LiveSpan& span) noexcept;

}  // namespace ergon::inline v0::telemetry
