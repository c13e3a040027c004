#include "telemetry/record/ask_sampler.hpp"

#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/span_fields.hpp"
#include "telemetry/record/suppression.hpp"

namespace ergon {

void SamplingResult::set_attribute(std::string_view key, const AttributeValue& value) noexcept {
  span_->set_attribute(key, value);
}

namespace telemetry {

void ask(const SpanSampler& sampler, const SamplingInput& input, SamplingResult& result) noexcept {
  bool has_decided = false;
  base::guard("telemetry: a sampler failed", [&] {
    sampler.should_sample(input, result);
    has_decided = true;
  });
  if (!has_decided) result.decision = SamplingDecision::drop;
}

SamplingDecision ask_sampler(const SpanSampler& sampler, detail::LiveSpan& span, const SpanContext* parent,
                             std::string_view name, Attributes attributes,
                             const SpanOptions& options) noexcept {
  reset_fields(span);
  span.context.local_root = local_root_of(span.context.span_id, parent, span.fork_generation);
  const Suppression suppression;
  const Context context = (options.context != nullptr ? *options.context : current_context())
                              .with_span_context(parent != nullptr ? *parent : SpanContext{});
  const SamplingInput input{context, span.context.trace_id, name, options.kind, attributes, options.links};
  SamplingResult result(span, span.context.trace_state);
  ask(sampler, input, result);
  span.context.trace_state = std::move(result.trace_state);
  if (result.decision == SamplingDecision::drop) release_body(span.body);
  return result.decision;
}

}  // namespace telemetry
}  // namespace ergon
