#pragma once

#include <chrono>
#include <cstdint>

// What one collection of ten counters with 1,000 sets of three attributes each takes; the peer has a fixed
// limit of 2,000 a counter.
namespace bench {

inline constexpr int kCounters = 10;
inline constexpr int kSets = 1'000;
inline constexpr int kSeries = kCounters * kSets;
inline constexpr int kCollections = 40;

struct Collected {
  std::chrono::duration<double, std::milli> best{1e9};  // of kCollections, each after an add to every series
  std::uint64_t points{0};                              // of the last
  std::uint64_t bytes{0};                               // of the engine's memory, for cells and their caches
  std::uint64_t request_bytes{0};                       // of the last, as OTLP metrics
};

[[nodiscard]] Collected collect_series();
/// opentelemetry-cpp's, which is left with its own objects instead of bytes.
[[nodiscard]] Collected collect_peer_series();

}  // namespace bench
