#include "telemetry/sampling/rate_limiting_sampler.hpp"

#include <algorithm>

#include "base/ticks.hpp"
#include "telemetry/record/probability_state.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr double kSecond = 1e9;
constexpr double kLongestInterval = 1e18;  // ns, some thirty years

}  // namespace

RateLimitingSampler::RateLimitingSampler(double per_second) noexcept
    : interval_(per_second <= 0
                    ? 0
                    : static_cast<std::uint64_t>(std::clamp(kSecond / per_second, 1.0, kLongestInterval))),
      capacity_(std::max(interval_, static_cast<std::uint64_t>(kSecond))) {}

void RateLimitingSampler::should_sample(const SamplingInput& /*input*/, SamplingResult& result) const {
  forget_threshold(result.trace_state);
  if (take(base::monotonic_nanoseconds())) result.decision = SamplingDecision::record_and_sample;
}

bool RateLimitingSampler::take(std::uint64_t now) const noexcept {
  if (interval_ == 0) return false;
  std::uint64_t full_at = full_at_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t next = std::max(full_at, now) + interval_;
    if (next > now + capacity_) return false;
    if (full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) return true;
  }
}

}  // namespace ergon::inline v0::telemetry
