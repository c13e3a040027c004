#include "telemetry/worker/ring_mark.hpp"

#include <algorithm>

#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

RingMark RingMark::of_now() {
  RingMark mark;
  for (const ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    const std::uint64_t end = block->ring.end();
    if (end != block->ring.released()) mark.ends_.emplace_back(&block->ring, end);
  }
  return mark;
}

bool RingMark::is_released(std::span<const Ring* const> overwritten) const {
  return is_reached(overwritten, [](const Ring& ring) { return ring.released(); });
}

bool RingMark::is_seen(std::span<const Ring* const> overwritten) const {
  return is_reached(overwritten, [](const Ring& ring) { return ring.seen().total; });
}

template <class Place>
bool RingMark::is_reached(std::span<const Ring* const> overwritten, Place place_of) const {
  return std::ranges::all_of(ends_, [&](const auto& end) {
    const auto [ring, total] = end;
    return place_of(*ring) >= total || std::ranges::find(overwritten, ring) != overwritten.end();
  });
}

}  // namespace ergon::inline v0::telemetry
