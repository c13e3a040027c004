#include "telemetry/record/processors.hpp"

#include <ergon/telemetry/log_codec.hpp>

#include "base/diagnostic.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/record/span_fields.hpp"

namespace ergon::inline v0 {

std::string_view WritableSpan::name() const noexcept { return telemetry::name_of(span_->body); }

SpanData WritableSpan::data() const { return telemetry::read_live_span(*span_); }

namespace telemetry {

void tell_of_start(detail::LiveSpan& span, const SpanContext* parent, const SpanOptions& options) noexcept {
  const SpanProcessors* const processors = g_recording.processors.load(std::memory_order_acquire);
  if (processors == nullptr) return;
  span.fork_generation |= kIsWatched;
  const detail::RecordingPause pause;
  const Context context = (options.context != nullptr ? *options.context : current_context())
                              .with_span_context(parent != nullptr ? *parent : SpanContext{});
  WritableSpan writable(span);
  for (const auto& processor : *processors)
    base::guard("telemetry: a span processor failed", [&] { processor->on_start(writable, context); });
}

void tell_of_end(detail::LiveSpan& span) noexcept {
  const SpanProcessors* const processors = g_recording.processors.load(std::memory_order_acquire);
  if (processors == nullptr) return;
  const detail::RecordingPause pause;
  WritableSpan writable(span);
  for (const auto& processor : *processors)
    base::guard("telemetry: a span processor failed", [&] { processor->on_ending(writable); });
}

}  // namespace telemetry
}  // namespace ergon::inline v0
