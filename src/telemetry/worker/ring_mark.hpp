#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "telemetry/buffer/ring.hpp"

namespace ergon::inline v0::telemetry {

/// How far the rings of all threads had been written at a moment: what a flush is about. The worker's alone.
class RingMark {
 public:
  RingMark() = default;
  [[nodiscard]] static RingMark of_now();

  /// Whether all records before it have been taken, but those of rings that the program has overwritten.
  [[nodiscard]] bool is_released(std::span<const Ring* const> overwritten) const;
  /// Whether all these have been taken or left in their rings on purpose.
  [[nodiscard]] bool is_seen(std::span<const Ring* const> overwritten) const;

 private:
  template <class Place>
  [[nodiscard]] bool is_reached(std::span<const Ring* const> overwritten, Place place_of) const;

  std::vector<std::pair<const Ring*, std::uint64_t>> ends_;
};

}  // namespace ergon::inline v0::telemetry
