#pragma once

#include <string_view>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/span_data.hpp>
#include <ergon/telemetry/context.hpp>
#include <ergon/telemetry/span.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// A span that starts or ends, for reading and changing (specification:
/// trace/sdk.md#additional-span-interfaces, read/write span). Borrowed for the call, on the thread of the
/// call; what it does is what the methods of the same names do on Span, limits included.
class WritableSpan {
 public:
#if defined(ERGON_TELEMETRY_OFF)
  void set_attribute(std::string_view, const AttributeValue&) noexcept {}
  void add_event(std::string_view, Attributes = {}, Timestamp = {}) noexcept {}
  void add_link(const SpanContext&, Attributes = {}) noexcept {}
  void set_status(StatusCode, std::string_view = {}) noexcept {}
  void update_name(std::string_view) noexcept {}
  [[nodiscard]] const SpanContext& context() const noexcept { return detail::kNoContext; }
  [[nodiscard]] SpanId parent_span_id() const noexcept { return {}; }
  [[nodiscard]] SpanKind kind() const noexcept { return SpanKind::internal; }
  [[nodiscard]] StatusCode status() const noexcept { return StatusCode::unset; }
  [[nodiscard]] std::string_view name() const noexcept { return {}; }
  [[nodiscard]] SpanData data() const { return {}; }
#else
  explicit WritableSpan(detail::LiveSpan& span) noexcept : span_(&span) {}

  void set_attribute(std::string_view key, const AttributeValue& value) noexcept {
    span_->set_attribute(key, value);
  }
  void add_event(std::string_view name, Attributes attributes = {}, Timestamp time = {}) noexcept {
    span_->add_event(name, attributes, time);
  }
  void add_link(const SpanContext& linked, Attributes attributes = {}) noexcept {
    span_->add_link(linked, attributes);
  }
  void set_status(StatusCode code, std::string_view message = {}) noexcept {
    span_->set_status(code, message);
  }
  void update_name(std::string_view name) noexcept { span_->update_name(name); }

  [[nodiscard]] const SpanContext& context() const noexcept { return span_->context; }
  /// Invalid for the root of a trace.
  [[nodiscard]] SpanId parent_span_id() const noexcept { return span_->parent_span_id; }
  [[nodiscard]] SpanKind kind() const noexcept { return span_->kind; }
  [[nodiscard]] StatusCode status() const noexcept { return span_->status; }
  /// Valid until the span is changed.
  [[nodiscard]] ERGON_API std::string_view name() const noexcept;
  /// All that is known of the span so far, read anew each time.
  [[nodiscard]] ERGON_API SpanData data() const;

 private:
  detail::LiveSpan* span_;
#endif
};

/// Sees every span that is recorded, and of their ends with `tracing.keep` those that are kept
/// (specification: trace/sdk.md#span-processor). Several stand side by side and are called in the order of
/// the configuration; what one changes in a span, the next one and all exporters see.
///
/// `on_start` and `on_ending` are called on the thread of the program that starts or ends the span, so they
/// should take microseconds, and several threads call one object at once. The others are called on a thread
/// of the processor's own, one after another: however long they take, no destination notices; spans wait
/// within the processor's share of the memory limit, then they are dropped and counted (`queue_full`). What
/// is recorded within any of the calls is ignored, and so is a span that ends there. What one throws is
/// reported on stderr, once in ten seconds at most, and goes no further; a span whose `on_end` throws is
/// counted as dropped (`non_retryable`).
///
/// To have one used: `telemetry::register_extension<T>("name")`, then `processors: [{name: {options}}]`, or
/// in objects `.processors = {Custom("name", T::Options{…})}`. One object is made when a session starts, and
/// never destroyed, as another thread may be calling it. In the child of a fork a new one is made at the
/// first record there; the parent's is never called.
class ERGON_API SpanProcessor {
 public:
  SpanProcessor() = default;
  SpanProcessor(const SpanProcessor&) = delete;
  SpanProcessor& operator=(const SpanProcessor&) = delete;
  virtual ~SpanProcessor() = default;

  /// The span has started, with the attributes and links of its start. `parent` is what it began in: baggage,
  /// values, and the span context of its parent, invalid for the root of a trace. Not called for a span that
  /// began before the session.
  virtual void on_start(WritableSpan& /*span*/, const Context& /*parent*/) {}
  /// The span ends: its end time is set, and this is the last chance to change anything else. It must not be
  /// touched by its own handle meanwhile. Not called for a span that began without any processor.
  virtual void on_ending(WritableSpan& /*span*/) {}
  /// The span has ended, some time ago. In the order in which spans are sent: that of their ends, as far as
  /// one look of the engine at all threads goes.
  virtual void on_end(const SpanData& /*span*/) {}
  /// Whether `on_end` is wanted; asked once. A processor that says no costs nothing after the end of a span,
  /// and isn't listed among the destinations in the statistics.
  [[nodiscard]] virtual bool takes_ended_spans() const { return true; }

  /// Finishes what the processor holds back; answers whether all was done. Called by `Session::flush`, and
  /// once before `shutdown`.
  virtual bool force_flush(Deadline /*deadline*/) { return true; }
  /// Called once, after the last `on_end`; `on_start` and `on_ending` may still be under way on other
  /// threads. A processor that is still in an earlier call when a session's shutdown must return is left
  /// alone in it.
  virtual void shutdown(Deadline /*deadline*/) {}
};

}  // namespace ergon::inline v0
