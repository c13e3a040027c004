#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <ergon/config/samplers.hpp>
#include <ergon/extend/sampler.hpp>

namespace ergon::telemetry {

/// A sampler that needs no object: spans without a parent, or all of them, go by their trace's randomness.
struct PlainSampling {
  bool follows_parent;
  std::uint64_t root_threshold;
};

/// The plain form of a sampler, if it has one.
[[nodiscard]] std::optional<PlainSampling> plain_sampling(const Sampler& sampler);

/// The sampler as an object. Throws std::runtime_error where one of the program's own can't be made.
[[nodiscard]] std::unique_ptr<const SpanSampler> make_sampler(const Sampler& sampler);

}  // namespace ergon::telemetry
