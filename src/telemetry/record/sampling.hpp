#pragma once

#include <cstdint>
#include <cstring>

#include <ergon/telemetry/span_context.hpp>

#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

/// The low 56 bits of a trace id, most significant byte first: the randomness that samplers decide by
/// (specification: trace/tracestate-probability-sampling.md; R of `R >= T`).
[[nodiscard]] inline std::uint64_t randomness_of(const TraceId& id) noexcept {
  std::uint64_t low = 0;
  std::memcpy(&low, id.bytes.data() + 8, sizeof low);
  return __builtin_bswap64(low) & (kNeverSampled - 1);
}

}  // namespace ergon::inline v0::telemetry
