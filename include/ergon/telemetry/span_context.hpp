#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

#include <ergon/telemetry/trace_state.hpp>

namespace ergon::inline v0 {

namespace detail {

template <std::size_t N>
[[nodiscard]] std::string hex_of(const std::array<std::uint8_t, N>& bytes) {
  std::string text;
  text.reserve(2 * N);
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 0x0FU];
  }
  return text;
}

template <std::size_t N>
[[nodiscard]] constexpr bool is_any_set(const std::array<std::uint8_t, N>& bytes) noexcept {
  std::uint64_t any = 0;
  for (const std::uint64_t word : std::bit_cast<std::array<std::uint64_t, N / 8>>(bytes)) any |= word;
  return any != 0;
}

}  // namespace detail

/// 16 random bytes that name a trace; all zero is invalid (W3C trace-context, trace-id).
struct TraceId {
  std::array<std::uint8_t, 16> bytes{};

  friend constexpr bool operator==(const TraceId&, const TraceId&) = default;
  [[nodiscard]] constexpr bool is_valid() const noexcept { return detail::is_any_set(bytes); }
  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string to_hex() const { return detail::hex_of(bytes); }
};

/// 8 random bytes that name a span; all zero is invalid (W3C trace-context, parent-id).
struct SpanId {
  std::array<std::uint8_t, 8> bytes{};

  friend constexpr bool operator==(const SpanId&, const SpanId&) = default;
  [[nodiscard]] constexpr bool is_valid() const noexcept { return detail::is_any_set(bytes); }
  /// 16 lower-case hexadecimal digits.
  [[nodiscard]] std::string to_hex() const { return detail::hex_of(bytes); }
};

/// What identifies a span to others: immutable once the span has started. Two are equal if all of it is, but
/// for `local_root`.
struct SpanContext {
  static constexpr std::uint8_t kSampled = 0x01;
  static constexpr std::uint8_t kRandom = 0x02;

  TraceId trace_id{};
  SpanId span_id{};
  std::uint8_t trace_flags{0};
  bool is_remote{false};
  /// Which span here began this part of the trace, as a number of the library's own; 0 where it isn't known.
  /// Copied along within a process, never propagated: `tracing.keep` and `logging.on_error` decide by it.
  std::uint32_t local_root{0};
  /// Children have their parent's.
  TraceState trace_state{};

  [[nodiscard]] constexpr bool is_valid() const noexcept { return trace_id.is_valid() && span_id.is_valid(); }
  [[nodiscard]] constexpr bool is_sampled() const noexcept { return (trace_flags & kSampled) != 0; }
  friend constexpr bool operator==(const SpanContext& a, const SpanContext& b) noexcept {
    return a.trace_id == b.trace_id && a.span_id == b.span_id && a.trace_flags == b.trace_flags &&
           a.is_remote == b.is_remote && a.trace_state == b.trace_state;
  }
};

}  // namespace ergon::inline v0
