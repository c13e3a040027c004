#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <ergon/config/samplers.hpp>
#include <ergon/extend/sampler.hpp>

#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

/// From which randomness on a trace is to be sampled, none by default, whether that says how likely it was,
/// and what is put on a span that is sampled (specification: trace/sdk.md#composablesampler, sampling
/// intent).
struct SamplingIntent {
  std::uint64_t threshold{kNeverSampled};
  bool is_reliable{false};
  std::vector<const ResourceAttributes*> attributes{};  // the samplers', which outlive the call
};

class Composable {
 public:
  Composable() = default;
  Composable(const Composable&) = delete;
  Composable& operator=(const Composable&) = delete;
  virtual ~Composable() = default;

  [[nodiscard]] virtual SamplingIntent intent(const SamplingInput& input) const = 0;
};

[[nodiscard]] std::unique_ptr<const Composable> make_composable(const ComposableSampler& config);

/// Decides by the intent of what it is composed of (specification: trace/sdk.md#compositesampler).
class CompositeSampler final : public SpanSampler {
 public:
  explicit CompositeSampler(std::unique_ptr<const Composable> root) noexcept : root_(std::move(root)) {}

  void should_sample(const SamplingInput& input, SamplingResult& result) const override;

 private:
  std::unique_ptr<const Composable> root_;
};

}  // namespace ergon::inline v0::telemetry
