#include "telemetry/record/ask_sampler.hpp"

#include <utility>

#include <ergon/telemetry/log_codec.hpp>

#include "base/diagnostic.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon::inline v0 {

void SamplingResult::set_attribute(std::string_view key, const AttributeValue& value) noexcept {
  span_->set_attribute(key, value);
}

namespace telemetry {

namespace {

// In place of the random ids that the span has; what is no id leaves those.
void take_ids(IdGenerator& generator, detail::LiveSpan& span, bool is_root) {
  const SpanId span_id = generator.make_span_id();
  const TraceId trace_id = is_root ? generator.make_trace_id() : TraceId{};
  if (span_id.is_valid()) span.context.span_id = span_id;
  if (!trace_id.is_valid()) return;
  span.context.trace_id = trace_id;
  span.context.trace_flags = generator.is_random() ? SpanContext::kRandom : std::uint8_t{0};
}

}  // namespace

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
  const detail::RecordingPause pause;
  if (IdGenerator* const generator = g_recording.id_generator.load(std::memory_order_acquire))
    base::guard("telemetry: an id generator failed", [&] { take_ids(*generator, span, parent == nullptr); });
  span.context.local_root = local_root_of(span.context.span_id, parent, span.fork_generation);
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
}  // namespace ergon::inline v0
