#include "telemetry/sampling/probability_sampler.hpp"

#include "telemetry/record/probability_state.hpp"
#include "telemetry/record/sampling.hpp"

namespace ergon::inline v0::telemetry {

ProbabilitySampler::ProbabilitySampler(double ratio)
    : threshold_(rounded_threshold(ratio)),
      entry_(threshold_ == kNeverSampled ? std::string() : threshold_entry(threshold_)),
      only_entry_(entry_.empty() ? TraceState() : TraceState::immortal("ot=" + entry_)) {}

void ProbabilitySampler::should_sample(const SamplingInput& input, SamplingResult& result) const {
  const bool is_sampled = randomness_of(input.trace_id, result.trace_state) >= threshold_;
  if (is_sampled) result.decision = SamplingDecision::record_and_sample;
  if (is_sampled && result.trace_state.is_empty()) {
    result.trace_state = only_entry_;
    return;
  }
  result.trace_state = with_threshold_entry(result.trace_state, is_sampled ? entry_ : std::string());
}

}  // namespace ergon::inline v0::telemetry
