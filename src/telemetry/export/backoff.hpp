#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include <ergon/config/otlp_exporters.hpp>

#include "base/random.hpp"

namespace ergon::inline v0::telemetry {

/// When to try again: exponential with jitter, and never before the server's own wish. One place for all
/// signals.
class Backoff {
 public:
  static constexpr double kJitter = 0.2;

  explicit Backoff(const OtlpRetry& retry) : retry_(retry) { ids_.seed_from_kernel(); }

  /// The pause after the `attempt`-th failure (from 1 on).
  [[nodiscard]] std::chrono::nanoseconds pause(int attempt, std::chrono::nanoseconds server_wish) {
    const double exponential =
        static_cast<double>(retry_.initial_interval.count()) * std::pow(retry_.multiplier, attempt - 1);
    const auto most = std::max(retry_.max_interval, retry_.initial_interval);
    const double base = std::min(exponential, static_cast<double>(most.count()));
    const double unit = static_cast<double>(ids_.next() >> 11U) * 0x1.0p-53;  // [0, 1)
    const double jittered = base * (1 - kJitter + 2 * kJitter * unit);
    const auto own = std::chrono::nanoseconds(static_cast<std::int64_t>(jittered * 1e6));
    return std::max(own, server_wish);
  }

  /// How long a request is tried for.
  [[nodiscard]] std::chrono::nanoseconds max_elapsed() const { return retry_.max_elapsed; }

 private:
  OtlpRetry retry_;
  base::IdGenerator ids_;
};

}  // namespace ergon::inline v0::telemetry
