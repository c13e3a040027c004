#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace ergon::telemetry {

enum class Signal : std::uint8_t { spans = 0, logs = 1, metric_points = 2 };
inline constexpr std::size_t kSignals = 3;

/// The one bound of rings, batches and requests together. Logs may take at most half of it, so that a flood
/// of them never costs a span. Any thread; relaxed, as nothing but the sums depends on it.
class MemoryBudget {
 public:
  constexpr explicit MemoryBudget(std::size_t limit) noexcept : limit_(limit) {}

  /// The limit of a session.
  void set_limit(std::size_t limit) noexcept {
    limit_.store(limit, std::memory_order_relaxed);
    has_batches_.store(true, std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }

  [[nodiscard]] bool try_take(Signal signal, std::size_t bytes) noexcept {
    const std::size_t limit = this->limit();
    const std::size_t share = signal == Signal::logs ? limit / 2 : limit;
    if (!try_add(used_by_[static_cast<std::size_t>(signal)], bytes, share)) return false;
    if (try_add(used_, bytes, limit)) return true;
    used_by_[static_cast<std::size_t>(signal)].fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }

  void give_back(Signal signal, std::size_t bytes) noexcept {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    used_by_[static_cast<std::size_t>(signal)].fetch_sub(bytes, std::memory_order_relaxed);
  }

  // Rings together take at most a quarter, those that logs made grow an eighth: what they hold must fit into
  // batches. Before a session there are no batches, and they may take all.
  [[nodiscard]] bool try_take_for_ring(Signal signal, std::size_t bytes) noexcept {
    auto& mine = used_by_rings_of_[static_cast<std::size_t>(signal)];
    const std::size_t share = signal == Signal::logs ? ring_limit() / 2 : ring_limit();
    if (!try_add(mine, bytes, share)) return false;
    if (try_add(used_by_rings_, bytes, ring_limit())) {
      if (try_take(signal, bytes)) return true;
      used_by_rings_.fetch_sub(bytes, std::memory_order_relaxed);
    }
    mine.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }

  void give_back_of_ring(Signal signal, std::size_t bytes) noexcept {
    used_by_rings_of_[static_cast<std::size_t>(signal)].fetch_sub(bytes, std::memory_order_relaxed);
    used_by_rings_.fetch_sub(bytes, std::memory_order_relaxed);
    give_back(signal, bytes);
  }

  /// What rings may still grow by; the last quarter of their share is for the first segments of new threads.
  [[nodiscard]] std::size_t room_to_grow(Signal signal) const noexcept {
    const auto room = [](std::size_t share, const std::atomic<std::size_t>& used) {
      const std::size_t most = share - share / 4;
      return most - std::min(most, used.load(std::memory_order_relaxed));
    };
    const std::size_t all = room(ring_limit(), used_by_rings_);
    if (signal != Signal::logs) return all;
    return std::min(all, room(ring_limit() / 2, used_by_rings_of_[static_cast<std::size_t>(signal)]));
  }

  /// Whether batches have so little left that records are better kept in the rings, where rings may wait.
  [[nodiscard]] bool batches_are_nearly_full() const noexcept {
    const std::size_t batches = used() - used_by_rings_.load(std::memory_order_relaxed);
    return batches > limit() / 8 * 3;
  }

  [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

  /// For the child of a fork, before it has threads: what the parent's worker held is not its own.
  void reset_after_fork() noexcept {
    used_.store(0, std::memory_order_relaxed);
    used_by_rings_.store(0, std::memory_order_relaxed);
    for (auto& used : used_by_rings_of_) used.store(0, std::memory_order_relaxed);
    for (auto& used : used_by_) used.store(0, std::memory_order_relaxed);
  }

 private:
  // Never passes the bound, not even for a moment.
  static bool try_add(std::atomic<std::size_t>& used, std::size_t bytes, std::size_t most) noexcept {
    std::size_t now = used.load(std::memory_order_relaxed);
    do {
      if (bytes > most || now > most - bytes) return false;
    } while (!used.compare_exchange_weak(now, now + bytes, std::memory_order_relaxed));
    return true;
  }

  [[nodiscard]] std::size_t ring_limit() const noexcept {
    return has_batches_.load(std::memory_order_relaxed) ? limit() / 4 : limit();
  }

  std::atomic<std::size_t> limit_;
  std::atomic<bool> has_batches_{false};  // a session has begun
  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> used_by_rings_{0};
  std::array<std::atomic<std::size_t>, kSignals> used_by_rings_of_{};
  std::array<std::atomic<std::size_t>, kSignals> used_by_{};
};

}  // namespace ergon::telemetry
