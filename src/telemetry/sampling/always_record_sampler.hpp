#pragma once

#include <memory>
#include <utility>

#include <ergon/extend/sampler.hpp>

#include "telemetry/record/ask_sampler.hpp"

namespace ergon::inline v0::telemetry {

/// Records what another sampler would drop (specification: trace/sdk.md#alwaysrecord).
class AlwaysRecordSampler final : public SpanSampler {
 public:
  explicit AlwaysRecordSampler(std::unique_ptr<const SpanSampler> root) noexcept : root_(std::move(root)) {}

  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    ask(*root_, input, result);
    if (result.decision == SamplingDecision::drop) result.decision = SamplingDecision::record_only;
  }

 private:
  std::unique_ptr<const SpanSampler> root_;
};

}  // namespace ergon::inline v0::telemetry
