#pragma once

#include <cstdint>

#include <ergon/extend/span_processor.hpp>

#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

/// In `LiveSpan::fork_generation`, of a span whose processors have seen its start: where it is set, the end
/// of the span leaves the straight line, which compares that member anyway.
inline constexpr std::uint32_t kIsWatched = 1U << 31U;

/// Whether the span began in this process, and not in its parent before a fork.
[[nodiscard]] inline bool began_here(const detail::LiveSpan& span) noexcept {
  return (span.fork_generation & ~kIsWatched) == g_recording.fork_generation.load(std::memory_order_relaxed);
}

/// Calls the processors of the program's own, if there are any, and has them called at the span's end.
[[gnu::cold]] void tell_of_start(detail::LiveSpan& span, const SpanContext* parent,
                                 const SpanOptions& options) noexcept;
[[gnu::cold]] void tell_of_end(detail::LiveSpan& span) noexcept;

}  // namespace ergon::inline v0::telemetry
