#include "burst.hpp"

#include <algorithm>
#include <chrono>

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

}  // namespace ergon::bench
