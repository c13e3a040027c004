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
    auto& mine = used_by_[static_cast<std::size_t>(signal)];
    if (signal == Signal::logs && mine.load(std::memory_order_relaxed) + bytes > limit / 2) return false;
    if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes > limit) {
      used_.fetch_sub(bytes, std::memory_order_relaxed);
      return false;
    }
    mine.fetch_add(bytes, std::memory_order_relaxed);
    return true;
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
  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> used_{0};
  std::array<std::atomic<std::size_t>, kSignals> used_by_{};
};

}  // namespace ergon::telemetry
