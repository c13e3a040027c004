#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <exception>
#include <string_view>

#include <ergon/telemetry/live_span.hpp>

namespace ergon::inline v0 {

/// The context of the calling thread's current span; invalid (all zero) when there is none. Any thread.
[[nodiscard]] ERGON_API SpanContext current_span_context() noexcept;

class ScopedSpan;

namespace detail {

// For an exception that goes on its way: on the span only, as whoever handles it will log it.
ERGON_API void record_passing_exception(ScopedSpan& span) noexcept;

}  // namespace detail

/// A span that lives on the stack of one thread, is current from its start to its end, and ends with its
/// scope: the cheap kind, no allocation and no lock. It can't be moved, and only its own thread may touch it
/// (checked in debug builds). Unwound by an exception it ends with status Error and `error.type` `_OTHER`.
/// After `end`, and when not sampled, every call is a harmless no-op. Made by `Tracer::scoped_span`.
class [[nodiscard]] ScopedSpan {
 public:
  ScopedSpan(const detail::Scope& scope, std::string_view name, Attributes attributes,
             const SpanOptions& options) noexcept {
    live_.start_scoped(scope, name, attributes, options);
  }
  ScopedSpan(const ScopedSpan&) = delete;
  ScopedSpan& operator=(const ScopedSpan&) = delete;
  ~ScopedSpan() { live_.end_scoped({}); }

  /// Sets an attribute; the last value of a key wins. Beyond the limit (`SpanLimits`, by default 128) new
  /// keys are dropped and counted.
  void set_attribute(std::string_view key, const AttributeValue& value) noexcept {
    if (live_.is_recording) live_.set_attribute(key, value);
  }
  /// Adds a named event, at the present time or another (by default 128 at most; more are counted as
  /// dropped).
  void add_event(std::string_view name, Attributes attributes = {}, Timestamp time = {}) noexcept {
    if (live_.is_recording) live_.add_event(name, attributes, time);
  }
  /// Links to another span (by default 128 at most; more are counted as dropped).
  void add_link(const SpanContext& linked, Attributes attributes = {}) noexcept {
    if (live_.is_recording) live_.add_link(linked, attributes);
  }
  /// Sets the outcome: Ok is final, Error beats Unset; the message is kept for Error only.
  void set_status(StatusCode code, std::string_view message = {}) noexcept {
    if (live_.is_recording) live_.set_status(code, message);
  }
  /// Gives the span another name. The sampler has decided by the first one
  /// (specification: trace/api.md#updatename).
  void update_name(std::string_view name) noexcept {
    if (live_.is_recording) live_.update_name(name);
  }

  /// Records an exception that is handled here: the span gets status Error, `error.type` and an `exception`
  /// event with type, message and these attributes, which win over those; and there is an error log of the
  /// same, by the logger of the tracer's scope, its event name `{operation}.exception`. The operation, what
  /// failed, is by default the span's name, or the scope's where the span isn't recorded: the log is written
  /// all the same. C++ keeps no stack trace with an exception; of one that carries its own, add
  /// `exception.stacktrace`. After the end, a no-op. Specification: trace/exceptions.md; semantic
  /// conventions: exceptions/.
  void record_exception(std::string_view type, std::string_view message, Attributes attributes = {},
                        std::string_view operation = {}) noexcept {
    live_.record_exception(type, message, attributes, operation);
  }
  /// The same with the type as it was thrown, what() for a message, and in `ergon.exception.causes` what it
  /// is nested in front of (`std::throw_with_nested`), as `Logger::exception` has it.
  void record_exception(const std::exception& error, Attributes attributes = {}) noexcept {
    live_.record_exception(error, attributes);
  }
  /// The same for the exception being handled, of whatever type: for a catch block. Elsewhere a no-op.
  void record_current_exception(Attributes attributes = {}) noexcept {
    live_.record_current_exception(attributes);
  }

  /// Ends the span before its scope does, now or as of another time; a time before its start is taken for the
  /// start. The span stops being current.
  void end(Timestamp time = {}) noexcept { live_.end_scoped(time); }

  [[nodiscard]] const SpanContext& context() const noexcept { return live_.context; }
  /// Whether what is set on the span is recorded: it has not ended, and was sampled, or is recorded only (see
  /// `SamplingDecision`).
  [[nodiscard]] bool is_recording() const noexcept { return live_.is_recording; }

 private:
  friend void detail::record_passing_exception(ScopedSpan& span) noexcept;

  detail::LiveSpan live_;
};

/// Makes a span's context current on this thread until the end of the scope. Can't be moved; the span may end
/// or be destroyed meanwhile. Made by `Span::make_current`.
class [[nodiscard]] SpanScope {
 public:
  ERGON_API explicit SpanScope(const SpanContext& context) noexcept;
  SpanScope(const SpanScope&) = delete;
  SpanScope& operator=(const SpanScope&) = delete;
  ERGON_API ~SpanScope();

 private:
  detail::CurrentContext current_;
};

/// A span that can be moved between scopes and threads and is never current by itself. Its methods may be
/// called from any thread, and do what ScopedSpan's do; they share one uncontended flag. It ends with its
/// handle, if not before. A handle that was moved from, or ended, ignores calls. Made by
/// `Tracer::start_span`. One that ends within a call of a sampler, processor or exporter of the program's own
/// is not recorded: there telemetry about telemetry stops.
class [[nodiscard]] Span {
 public:
  Span() noexcept = default;
  ERGON_API Span(const detail::Scope& scope, std::string_view name, Attributes attributes,
                 const SpanOptions& options) noexcept;
  Span(Span&& other) noexcept : pooled_(other.pooled_) { other.pooled_ = nullptr; }
  Span& operator=(Span&& other) noexcept {
    if (this != &other) {
      release();
      pooled_ = other.pooled_;
      other.pooled_ = nullptr;
    }
    return *this;
  }
  ~Span() { release(); }

  ERGON_API void set_attribute(std::string_view key, const AttributeValue& value) noexcept;
  ERGON_API void add_event(std::string_view name, Attributes attributes = {}, Timestamp time = {}) noexcept;
  ERGON_API void add_link(const SpanContext& linked, Attributes attributes = {}) noexcept;
  ERGON_API void set_status(StatusCode code, std::string_view message = {}) noexcept;
  ERGON_API void update_name(std::string_view name) noexcept;
  ERGON_API void record_exception(std::string_view type, std::string_view message, Attributes attributes = {},
                                  std::string_view operation = {}) noexcept;
  ERGON_API void record_exception(const std::exception& error, Attributes attributes = {}) noexcept;
  ERGON_API void record_current_exception(Attributes attributes = {}) noexcept;
  ERGON_API void end(Timestamp time = {}) noexcept;

  /// Makes this span the thread's current one for a scope.
  [[nodiscard]] SpanScope make_current() const noexcept { return SpanScope(context()); }
  [[nodiscard]] ERGON_API SpanContext context() const noexcept;
  [[nodiscard]] ERGON_API bool is_recording() const noexcept;

 private:
  ERGON_API void release() noexcept;

  detail::PooledSpan* pooled_{nullptr};
};

}  // namespace ergon::inline v0
#endif
