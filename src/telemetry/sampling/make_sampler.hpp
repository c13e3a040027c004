#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <ergon/config/samplers.hpp>
#include <ergon/extend/sampler.hpp>

namespace ergon::inline v0::telemetry {

/// A sampler that needs no object: spans without a parent, or all of them, go by their trace's randomness.
struct PlainSampling {
  bool follows_parent;
  std::uint64_t root_threshold;
};

/// The plain form of a sampler, if it has one.
[[nodiscard]] std::optional<PlainSampling> plain_sampling(const Sampler& sampler);

/// Whether spans that have a parent are decided on by their trace's id. What `trace_id_ratio_based` makes of
/// an id is not specified, so their parents' processes may decide otherwise (specification:
/// trace/sdk.md#traceidratiobased).
[[nodiscard]] bool uses_ratio_below_roots(const Sampler& sampler);

/// The sampler as an object. Throws std::runtime_error where one of the program's own can't be made.
[[nodiscard]] std::unique_ptr<const SpanSampler> make_sampler(const Sampler& sampler);

}  // namespace ergon::inline v0::telemetry
