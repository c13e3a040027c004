#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/random.hpp"

namespace ergon::telemetry {

/// When to try again: exponential with jitter, and never before the server's own wish. One place for all
/// signals. The first retry comes after about a second, later ones every five.
class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirst{1'000};
  static constexpr std::chrono::milliseconds kMost{5'000};
  static constexpr double kFactor = 1.5;
  static constexpr double kJitter = 0.2;
  static constexpr std::chrono::minutes kMaxElapsed{5};

  Backoff() { ids_.seed_from_kernel(); }

  /// The pause after the `attempt`-th failure (from 1 on).
  [[nodiscard]] std::chrono::nanoseconds pause(int attempt, std::chrono::nanoseconds server_wish) {
    const double exponential =
        static_cast<double>(kFirst.count()) * std::pow(kFactor, std::min(attempt - 1, 16));
    const double base = std::min(exponential, static_cast<double>(kMost.count()));
    const double unit = static_cast<double>(ids_.next() >> 11U) * 0x1.0p-53;  // [0, 1)
    const double jittered = base * (1 - kJitter + 2 * kJitter * unit);
    const auto own = std::chrono::nanoseconds(static_cast<std::int64_t>(jittered * 1e6));
    return std::max(own, server_wish);
  }

 private:
  base::IdGenerator ids_;
};

}  // namespace ergon::telemetry
