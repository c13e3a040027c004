#pragma once

#include <cstdint>

#include <ergon/extend/sampler.hpp>

#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/sampling.hpp"

namespace ergon::inline v0::telemetry {

/// Samples the traces whose id's randomness is at or above a threshold, whatever the parent, whose own
/// threshold is then not true any more.
class ThresholdSampler final : public SpanSampler {
 public:
  explicit ThresholdSampler(std::uint64_t threshold) noexcept : threshold_(threshold) {}

  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    forget_threshold(result.trace_state);
    if (randomness_of(input.trace_id) >= threshold_) result.decision = SamplingDecision::record_and_sample;
  }

 private:
  std::uint64_t threshold_;
};

}  // namespace ergon::inline v0::telemetry
