#pragma once

#include <cstdint>

#include <ergon/telemetry/live_span.hpp>

namespace ergon::telemetry {

// Tags of the fields of OTLP's Span that a live span writes itself.
inline constexpr std::uint8_t kSpanNameTag = 0x2a;
inline constexpr std::uint8_t kSpanAttributeTag = 0x4a;
inline constexpr std::uint8_t kSpanEventTag = 0x5a;
inline constexpr std::uint8_t kSpanLinkTag = 0x6a;
inline constexpr std::uint8_t kSpanStatusTag = 0x7a;

inline constexpr std::uint32_t kEventLimit = 128;
inline constexpr std::uint32_t kLinkLimit = 128;

/// Marks a scoped span that an exception unwinds: Error, `error.type` `_OTHER` (the type can't be known
/// here).
[[gnu::cold]] void record_unwinding(detail::LiveSpan& span) noexcept;

}  // namespace ergon::telemetry
