#pragma once

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

  void set_limit(std::size_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }
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

  [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

  /// For the child of a fork, before it has threads: what the parent's worker held is not its own.
  void reset_after_fork() noexcept {
    used_.store(0, std::memory_order_relaxed);
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

  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> used_{0};
  std::array<std::atomic<std::size_t>, kSignals> used_by_{};
};

}  // namespace ergon::telemetry
