#pragma once

#include <string_view>

#include <ergon/extend/sampler.hpp>
#include <ergon/telemetry/live_span.hpp>

namespace ergon::inline v0::telemetry {

/// Asks the sampler. What it throws is reported, and the span is dropped, whatever it had decided before.
void ask(const SpanSampler& sampler, const SamplingInput& input, SamplingResult& result) noexcept;

/// What the sampler says of the span, which has its ids and no fields yet; on a thread that has its block.
/// Leaves the sampler's attributes and trace state on it, and says of which local root it is.
[[gnu::cold, gnu::noinline]] SamplingDecision ask_sampler(const SpanSampler& sampler, detail::LiveSpan& span,
                                                          const SpanContext* parent, std::string_view name,
                                                          Attributes attributes,
                                                          const SpanOptions& options) noexcept;

}  // namespace ergon::inline v0::telemetry
