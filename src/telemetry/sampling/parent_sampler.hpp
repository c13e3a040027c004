#pragma once

#include <memory>

#include <ergon/extend/sampler.hpp>

namespace ergon::inline v0::telemetry {

/// Does as the parent did: what the state says of its threshold stays true.
class FollowingSampler final : public SpanSampler {
 public:
  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    if (input.context.span_context().is_sampled()) result.decision = SamplingDecision::record_and_sample;
  }
};

/// Asks the sampler for the kind of parent that the span has (specification: trace/sdk.md#parentbased).
class ParentSampler final : public SpanSampler {
 public:
  struct Delegates {
    std::unique_ptr<const SpanSampler> root;
    std::unique_ptr<const SpanSampler> remote_parent_sampled;
    std::unique_ptr<const SpanSampler> remote_parent_not_sampled;
    std::unique_ptr<const SpanSampler> local_parent_sampled;
    std::unique_ptr<const SpanSampler> local_parent_not_sampled;
  };

  explicit ParentSampler(Delegates delegates) noexcept : delegates_(std::move(delegates)) {}

  void should_sample(const SamplingInput& input, SamplingResult& result) const override {
    delegate_for(input.context.span_context()).should_sample(input, result);
  }

 private:
  [[nodiscard]] const SpanSampler& delegate_for(const SpanContext& parent) const noexcept {
    if (!parent.is_valid()) return *delegates_.root;
    if (parent.is_remote)
      return parent.is_sampled() ? *delegates_.remote_parent_sampled : *delegates_.remote_parent_not_sampled;
    return parent.is_sampled() ? *delegates_.local_parent_sampled : *delegates_.local_parent_not_sampled;
  }

  Delegates delegates_;
};

}  // namespace ergon::inline v0::telemetry
