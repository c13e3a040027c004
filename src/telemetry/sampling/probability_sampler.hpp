#pragma once

#include <cstdint>
#include <string>

#include <ergon/extend/sampler.hpp>

namespace ergon::inline v0::telemetry {

/// Consistent sampling: a trace is sampled where its randomness, the state's `rv` or else the id's low 56
/// bits, is at or above the threshold, which then stands in the state as `th`
/// (specification: trace/tracestate-probability-sampling.md). The parent's decision is not asked for.
class ProbabilitySampler final : public SpanSampler {
 public:
  explicit ProbabilitySampler(double ratio);

  void should_sample(const SamplingInput& input, SamplingResult& result) const override;

 private:
  std::uint64_t threshold_;
  std::string entry_;      // "th:…"
  TraceState only_entry_;  // the state of a trace that had none
};

}  // namespace ergon::inline v0::telemetry
