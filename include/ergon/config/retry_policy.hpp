#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ergon::inline v0 {

/// How often, and when, something that failed is tried again. The n-th wait is `backoff` times
/// `backoff_multiplier` to the power of n - 1, at most `backoff_cap`; a part of it, `jitter`, is left to
/// chance. In YAML: `retry`.
struct RetryPolicy {
  /// The first attempt counted; from 1, which is no retry, to 1,000.
  std::int64_t max_attempts{1};
  /// For one attempt; 1 ms to 24 h, by default without a limit of its own. What is called asks
  /// `transaction.deadline()` or `transaction.stop_token()`: no thread is ended by force. What it throws
  /// after that time, business errors apart, counts as a timeout.
  std::optional<std::chrono::milliseconds> timeout{};
  /// 0 to 24 h.
  std::chrono::milliseconds backoff{100};
  /// From 1 to 100.
  double backoff_multiplier{2};
  /// 0 to 24 h.
  std::chrono::milliseconds backoff_cap{30'000};
  /// From 0, the whole wait always, to 1, anything between nothing and the whole.
  double jitter{0.1};
  /// Whether errors of kind business, too, are tried again.
  bool business_errors{false};
};

}  // namespace ergon::inline v0
