#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/span.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// What becomes of a span (specification: trace/sdk.md#shouldsample). One that is recorded only is recording,
/// has the sampled flag off, and reaches no exporter, only processors of the program's own: without any, and
/// unless `tracing.keep` keeps it, it counts as sampled out.
enum class SamplingDecision : std::uint8_t { drop, record_only, record_and_sample };

/// What a sampler is told of a span that is about to start. All of it is borrowed for the call.
struct SamplingInput {
  /// The parent's, with its baggage and values; its span context is invalid for the root of a trace.
  const Context& context;
  TraceId trace_id;
  std::string_view name;
  SpanKind kind;
  std::span<const Attribute> attributes;
  std::span<const SpanLink> links;
};

/// Where a sampler puts its decision, `drop` until it does.
class ERGON_API SamplingResult {
 public:
#if !defined(ERGON_TELEMETRY_OFF)
  // The span takes the attributes.
  SamplingResult(detail::LiveSpan& span, TraceState parents) noexcept
      : trace_state(static_cast<TraceState&&>(parents)), span_(&span) {}
#endif

  SamplingDecision decision{SamplingDecision::drop};
  /// Of the span and what descends from it: the parent's until it is changed. Whoever decides otherwise than
  /// the parent takes its threshold (`th` in the member `ot`) away, or puts another in its place.
  TraceState trace_state;
  /// Puts an attribute on the span, should it be recorded; one given at its start under the same key wins.
#if defined(ERGON_TELEMETRY_OFF)
  void set_attribute(std::string_view, const AttributeValue&) noexcept {}
#else
  void set_attribute(std::string_view key, const AttributeValue& value) noexcept;

 private:
  detail::LiveSpan* span_;
#endif
};

/// Decides whether a span is recorded; asked for each span, on the thread that starts it, before it exists.
/// One object serves all threads at once; it is made when a session starts, and never destroyed, as another
/// thread may be asking it. In the child of a fork a new one is made at the first record there; the parent's
/// is never asked. What is recorded within the call is ignored; what it throws is reported on stderr, and the
/// span is dropped.
///
/// About a span that began before the session it is asked when that has ended, on telemetry's own worker
/// thread. It must not keep that waiting, and never for a flush: all signals would wait with it. One that
/// does so past the end of the session is left alone with the worker; what it had not booked yet counts as
/// dropped (`shutdown`), delivered or not, and no other session starts before it has returned.
///
/// To have one of your own used: `telemetry::register_extension<T>("name")`, and `sampler: {name:
/// {options}}`.
class ERGON_API SpanSampler {
 public:
  SpanSampler() = default;
  SpanSampler(const SpanSampler&) = delete;
  SpanSampler& operator=(const SpanSampler&) = delete;
  virtual ~SpanSampler() = default;

  virtual void should_sample(const SamplingInput& input, SamplingResult& result) const = 0;
};

}  // namespace ergon::inline v0
