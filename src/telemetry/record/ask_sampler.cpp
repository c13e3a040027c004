#include "telemetry/record/ask_sampler.hpp"

#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/record/local_root.hpp"
#include "telemetry/record/span_fields.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon {

void SamplingResult::set_attribute(std::string_view key, const AttributeValue& value) noexcept {
  span_->set_attribute(key, value);
}

namespace telemetry {

namespace {

// What a sampler records is ignored: it would be asked about it in its turn. The thread is as one of the
// SDK's own meanwhile.
class Suppression {
 public:
  Suppression() noexcept : block_(std::exchange(t_thread.block, nullptr)) { t_thread.is_suppressed = true; }
  Suppression(const Suppression&) = delete;
  Suppression& operator=(const Suppression&) = delete;
  ~Suppression() {
    t_thread.block = block_;
    t_thread.is_suppressed = false;
  }

 private:
  ThreadBlock* block_;
};

}  // namespace

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
  base::guard("telemetry: a sampler failed", [&] { sampler.should_sample(input, result); });
  span.context.trace_state = std::move(result.trace_state);
  if (result.decision == SamplingDecision::drop) release_body(span.body);
  return result.decision;
}

}  // namespace telemetry
}  // namespace ergon
