#pragma once

#include <memory>
#include <utility>

#include <ergon/extend/sampler.hpp>

namespace ergon::telemetry {

/// Records what another sampler would drop (specification: trace/sdk.md#alwaysrecord).
class AlwaysRecordSampler final : public SpanSampler {
 public:
  explicit AlwaysRecordSampler(std::unique_ptr<const SpanSampler> root) noexcept : root_(std::move(root)) {}

  // The decision is there before the other is asked: should that throw, the span is recorded all the same.
  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    result.decision = SamplingDecision::record_only;
    root_->should_sample(input, result);
    if (result.decision == SamplingDecision::drop) result.decision = SamplingDecision::record_only;
  }

 private:
  std::unique_ptr<const SpanSampler> root_;
};

}  // namespace ergon::telemetry
