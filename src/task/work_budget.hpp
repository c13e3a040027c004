#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace ergon::inline v0::detail {

/// How many transactions the loops of a worker may still begin, and until when. Any thread.
class WorkBudget {
 public:
  using Clock = std::chrono::steady_clock;

  /// Without limits.
  WorkBudget() noexcept = default;
  /// `common`, where there is one, is used up by others, too, and outlives it.
  explicit WorkBudget(std::optional<std::int64_t> limit, Clock::time_point end = Clock::time_point::max(),
                      WorkBudget* common = nullptr) noexcept
      : left_(limit.value_or(kUnlimited)), end_(end), common_(common) {}

  /// Takes as many as it may of so many; none: it is used up.
  [[nodiscard]] std::size_t take(std::size_t wanted) noexcept {
    if (end_ != Clock::time_point::max() && Clock::now() >= end_) return 0;
    const std::size_t own = take_own(wanted);
    if (common_ == nullptr) return own;
    const std::size_t taken = common_->take(own);
    give_back_own(own - taken);
    return taken;
  }
  /// Gives back what was taken and not used.
  void give_back(std::size_t count) noexcept {
    give_back_own(count);
    if (common_ != nullptr) common_->give_back(count);
  }
  [[nodiscard]] bool is_used_up() const noexcept { return left_.load(std::memory_order_relaxed) <= 0; }

 private:
  static constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

  std::size_t take_own(std::size_t wanted) noexcept {
    std::int64_t left = left_.load(std::memory_order_relaxed);
    if (left == kUnlimited) return wanted;
    std::int64_t taken = 0;
    do {
      taken = std::min(left, static_cast<std::int64_t>(wanted));
      if (taken <= 0) return 0;
    } while (!left_.compare_exchange_weak(left, left - taken, std::memory_order_relaxed));
    return static_cast<std::size_t>(taken);
  }
  void give_back_own(std::size_t count) noexcept {
    if (left_.load(std::memory_order_relaxed) != kUnlimited)
      left_.fetch_add(static_cast<std::int64_t>(count), std::memory_order_relaxed);
  }

  std::atomic<std::int64_t> left_{kUnlimited};  // relaxed: a number by itself
  Clock::time_point end_{Clock::time_point::max()};
  WorkBudget* common_{nullptr};
};

}  // namespace ergon::inline v0::detail
