#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <string_view>

#include <ergon/telemetry/live_span.hpp>

namespace ergon {

/// The context of the calling thread's current span; invalid (all zero) when there is none. Any thread.
[[nodiscard]] ERGON_API SpanContext current_span_context() noexcept;

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
  ~ScopedSpan() { live_.end_scoped(); }

  /// Sets an attribute; the last value of a key wins. Beyond 128 attributes new keys are dropped and counted.
  void set_attribute(std::string_view key, const AttributeValue& value) noexcept {
    if (live_.is_recording) live_.set_attribute(key, value);
  }
  /// Adds a named event at the present time (at most 128; more are counted as dropped).
  void add_event(std::string_view name, Attributes attributes = {}) noexcept {
    if (live_.is_recording) live_.add_event(name, attributes);
  }
  /// Links to another span (at most 128; more are counted as dropped).
  void add_link(const SpanContext& linked, Attributes attributes = {}) noexcept {
    if (live_.is_recording) live_.add_link(linked, attributes);
  }
  /// Sets the outcome: Ok is final, Error beats Unset; the message is kept for Error only.
  void set_status(StatusCode code, std::string_view message = {}) noexcept {
    if (live_.is_recording) live_.set_status(code, message);
  }
  /// Marks the span as failed: status Error, `error.type`, and an `exception` event with type and message.
  void record_exception(std::string_view type, std::string_view message) noexcept {
    if (live_.is_recording) live_.record_exception(type, message);
  }
  /// Ends the span before its scope does. The span stops being current.
  void end() noexcept { live_.end_scoped(); }

  [[nodiscard]] const SpanContext& context() const noexcept { return live_.context; }
  /// Whether what is set on the span will be exported: sampled and not ended.
  [[nodiscard]] bool is_recording() const noexcept { return live_.is_recording; }

 private:
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
/// called from any thread; they share one uncontended flag. It ends with its handle, if not before. A handle
/// that was moved from, or ended, ignores calls. Made by `Tracer::start_span`.
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
  ERGON_API void add_event(std::string_view name, Attributes attributes = {}) noexcept;
  ERGON_API void add_link(const SpanContext& linked, Attributes attributes = {}) noexcept;
  ERGON_API void set_status(StatusCode code, std::string_view message = {}) noexcept;
  ERGON_API void record_exception(std::string_view type, std::string_view message) noexcept;
  ERGON_API void end() noexcept;

  /// Makes this span the thread's current one for a scope.
  [[nodiscard]] SpanScope make_current() const noexcept { return SpanScope(context()); }
  [[nodiscard]] ERGON_API SpanContext context() const noexcept;
  [[nodiscard]] ERGON_API bool is_recording() const noexcept;

 private:
  ERGON_API void release() noexcept;

  detail::PooledSpan* pooled_{nullptr};
};

}  // namespace ergon
#endif
