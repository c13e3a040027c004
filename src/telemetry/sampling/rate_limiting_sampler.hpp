#pragma once

#include <atomic>
#include <cstdint>

#include <ergon/extend/sampler.hpp>

namespace ergon::inline v0::telemetry {

/// A token bucket that holds a second's tokens, and one at least. Without a lock: it keeps the time at which
/// the bucket would be full again, which each token moves on by what one takes to come back.
class RateLimitingSampler final : public SpanSampler {
 public:
  explicit RateLimitingSampler(double per_second) noexcept;

  void should_sample(const SamplingInput& input, SamplingResult& result) const override;
  /// Takes a token at this time, if there is one.
  [[nodiscard]] bool take(std::uint64_t now) const noexcept;

 private:
  std::uint64_t interval_;  // ns from token to token; 0: none ever comes
  std::uint64_t capacity_;  // the bucket's, in ns
  mutable std::atomic<std::uint64_t> full_at_{0};
};

}  // namespace ergon::inline v0::telemetry
