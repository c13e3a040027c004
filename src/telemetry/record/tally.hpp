#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include <ergon/extend/sampler.hpp>
#include <ergon/telemetry/statistics.hpp>

#include "telemetry/buffer/memory_budget.hpp"

namespace ergon::inline v0::telemetry {

/// A count that one thread writes and any may read: an add without a locked instruction.
class OwnedCount {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void reset() noexcept { value_.store(0, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Of a span that starts: what the sampler decided, and where its parent is.
struct SpanStart {
  static constexpr std::size_t kOrigins = 3;  // of parents: none, local, remote
  static constexpr std::size_t kKinds = 3 * kOrigins;

  SamplingDecision decision;
  bool has_parent;
  bool is_parent_remote;  // false without one

  /// Its place among the kinds: by decision, then by origin.
  [[nodiscard]] constexpr std::size_t kind() const noexcept {
    return static_cast<std::size_t>(decision) * kOrigins + (has_parent ? 1 : 0) + (is_parent_remote ? 1 : 0);
  }
};

/// What one thread made of a signal's records before any reached the worker.
struct SignalTally {
  OwnedCount created;
  OwnedCount sampled_out;
  OwnedCount enqueued;
  std::array<OwnedCount, kDropReasons> dropped;

  void drop(DropReason reason) noexcept { dropped[static_cast<std::size_t>(reason)].add(); }
  void reset() noexcept {
    created.reset();
    sampled_out.reset();
    enqueued.reset();
    for (OwnedCount& count : dropped) count.reset();
  }
};

}  // namespace ergon::inline v0::telemetry
