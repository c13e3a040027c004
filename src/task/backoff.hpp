#pragma once

#include <chrono>
#include <stop_token>

#include <ergon/config/policies.hpp>

#include "base/random.hpp"
#include "task/board.hpp"

namespace ergon::inline v0::detail {

/// Waits that grow by a factor up to a longest one, a part of each left to chance.
class Backoff {
 public:
  struct Shape {
    std::chrono::nanoseconds first;
    double multiplier;
    std::chrono::nanoseconds longest;
    double jitter;
  };

  explicit Backoff(const Shape& shape) noexcept;
  explicit Backoff(const RetryPolicy& policy) noexcept
      : Backoff({policy.backoff, policy.backoff_multiplier, policy.backoff_cap, policy.jitter}) {}
  explicit Backoff(const EmptyBackoff& policy) noexcept
      : Backoff({policy.initial, policy.multiplier, policy.cap, 0}) {}

  [[nodiscard]] std::chrono::nanoseconds next() noexcept;
  void begin_anew() noexcept { next_ = static_cast<double>(shape_.first.count()); }

 private:
  Shape shape_;
  double next_;  // ns
  base::IdGenerator chance_;
};

/// Waits for so long. False, at once, when a stop is requested meanwhile.
[[nodiscard]] bool wait_unless_stopped(std::chrono::nanoseconds duration, const std::stop_token& stop);

/// The same, with a step of the loop each second: whoever waits as it should does not hang.
[[nodiscard]] bool wait_alive(std::chrono::nanoseconds duration, const std::stop_token& stop, LoopCell& cell);

}  // namespace ergon::inline v0::detail
