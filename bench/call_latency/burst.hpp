#pragma once

#include <cstdint>

namespace ergon::bench {

inline constexpr int kBurstCalls = 1'000;
inline constexpr int kCallsPerSpan = 10;  // of calls that add to a span

/// One of the two sides of a comparison: runs a burst of calls, and empties the queues between bursts.
class Side {
 public:
  virtual ~Side() = default;
  virtual void burst() = 0;   // kBurstCalls calls
  virtual void settle() = 0;  // flushes; not timed
  /// After the last burst: whether all `calls` came out at the other end.
  virtual bool has_delivered(std::uint64_t calls) = 0;
};

struct Comparison {
  double ours_ns;  // of the best burst, a call
  double peer_ns;
};

/// Runs the two sides in turn and keeps the best burst of each: on a shared machine the best is what the code
/// costs, the rest is what the neighbours do.
[[nodiscard]] Comparison compare(Side& ours, Side& peer, int bursts);

/// Of the heap, on the calling thread, once it is warm: the least of several looks, as a queue may grow in
/// one of them.
[[nodiscard]] double allocations_per_call(Side& side);

}  // namespace ergon::bench
