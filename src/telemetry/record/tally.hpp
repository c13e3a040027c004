#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include <ergon/telemetry/statistics.hpp>

#include "telemetry/buffer/memory_budget.hpp"

namespace ergon::telemetry {

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

}  // namespace ergon::telemetry
