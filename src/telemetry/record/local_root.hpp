#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include <ergon/telemetry/span_context.hpp>

namespace ergon::inline v0::telemetry {

// The number of a local root: 28 bits of its span id, and in front of them those of the fork generation, as a
// root of the parent process ends there and never in the child.
inline constexpr unsigned kLocalRootBits = 28;
inline constexpr std::uint32_t kLocalRootMask = (std::uint32_t{1} << kLocalRootBits) - 1;

[[nodiscard]] inline std::uint32_t local_root_bits(const SpanId& id) noexcept {
  std::uint32_t bits = 0;
  std::memcpy(&bits, id.bytes.data(), sizeof bits);
  bits &= kLocalRootMask;
  return bits != 0 ? bits : 1;  // 0 is none
}

/// Of a span that starts: its parent's, or its own where the parent is in another process, or not known.
[[nodiscard]] inline std::uint32_t local_root_of(const SpanId& id, const SpanContext* parent,
                                                 std::uint32_t fork_generation) noexcept {
  const std::uint32_t generation = fork_generation << kLocalRootBits;
  if (parent != nullptr && !parent->is_remote && parent->local_root != 0 &&
      (parent->local_root & ~kLocalRootMask) == generation)
    return parent->local_root;
  return generation | local_root_bits(id);
}

/// Tells local roots apart whose traces do, and those of one trace.
[[nodiscard]] inline std::uint64_t local_root_key(const TraceId& trace, std::uint32_t local_root) noexcept {
  std::array<std::uint64_t, 2> halves{};
  static_assert(sizeof halves == sizeof trace.bytes);
  std::memcpy(halves.data(), trace.bytes.data(), sizeof halves);
  return halves[0] * 0x9E3779B97F4A7C15U ^ halves[1] ^ local_root * 0xC2B2AE3D27D4EB4FU;
}

/// Whether the span of this id is the local root of this number.
[[nodiscard]] inline bool is_local_root(const SpanId& id, std::uint32_t local_root) noexcept {
  return (local_root & kLocalRootMask) == local_root_bits(id);
}

}  // namespace ergon::inline v0::telemetry
