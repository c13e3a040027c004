#include "burst.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "support/allocation_count.hpp"

namespace ergon::bench {

namespace {

double timed_burst(Side& side) {
  const auto begin = std::chrono::steady_clock::now();
  side.burst();
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
  side.settle();
  return taken.count() / kBurstCalls;
}

}  // namespace

Comparison compare(Side& ours, Side& peer, int bursts) {
  Comparison best{1e9, 1e9};
  for (int i = 0; i < bursts; ++i) {
    best.ours_ns = std::min(best.ours_ns, timed_burst(ours));
    best.peer_ns = std::min(best.peer_ns, timed_burst(peer));
  }
  return best;
}

double allocations_per_call(Side& side) {
  constexpr int kLooks = 5;
  constexpr int kBursts = 20;
  std::size_t least = SIZE_MAX;
  for (int look = 0; look < kLooks; ++look) {
    std::size_t count = 0;
    for (int i = 0; i < kBursts; ++i) {
      const std::size_t before = test::allocations_of_this_thread();
      side.burst();
      count += test::allocations_of_this_thread() - before;
      side.settle();
    }
    least = std::min(least, count);
  }
  return static_cast<double>(least) / (double{kBursts} * kBurstCalls);
}

}  // namespace ergon::bench
