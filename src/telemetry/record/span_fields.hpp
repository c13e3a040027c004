#pragma once

#include <cstdint>

#include <ergon/telemetry/live_span.hpp>

#include "telemetry/record/record_body.hpp"

namespace ergon::telemetry {

// Tags of the fields of OTLP's Span that a live span writes itself.
inline constexpr std::uint8_t kSpanTraceStateTag = 0x1a;
inline constexpr std::uint8_t kSpanNameTag = 0x2a;
inline constexpr std::uint8_t kSpanAttributeTag = 0x4a;
inline constexpr std::uint8_t kSpanEventTag = 0x5a;
inline constexpr std::uint8_t kSpanLinkTag = 0x6a;
inline constexpr std::uint8_t kSpanStatusTag = 0x7a;

inline constexpr std::uint32_t kEventLimit = 128;
inline constexpr std::uint32_t kLinkLimit = 128;

/// Without any of its fields yet.
inline void reset_fields(detail::LiveSpan& span) noexcept {
  span.attribute_count = span.event_count = span.link_count = 0;
  span.dropped_attributes = span.dropped_events = span.dropped_links = 0;
  reset_body(span.body);
}

// With attributes that walk ranges: encoded before, as whoever walks may record on this very span.
[[gnu::cold]] void set_attribute(detail::LiveSpan& span, const EncodedAttributes& one) noexcept;
[[gnu::cold]] void add_event(detail::LiveSpan& span, std::string_view name,
                             const EncodedAttributes& attributes) noexcept;
[[gnu::cold]] void add_link(detail::LiveSpan& span, const SpanContext& linked,
                            const EncodedAttributes& attributes) noexcept;

/// Marks a scoped span that an exception unwinds: Error, `error.type` `_OTHER` (the type can't be known
/// here).
[[gnu::cold]] void record_unwinding(detail::LiveSpan& span) noexcept;

}  // namespace ergon::telemetry
