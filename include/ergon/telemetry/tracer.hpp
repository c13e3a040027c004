#pragma once

#include <ergon/telemetry/scope.hpp>
#include <ergon/telemetry/span.hpp>

#if !defined(ERGON_TELEMETRY_OFF)

namespace ergon::inline v0 {

namespace detail {

ERGON_API bool is_tracer_enabled(const Scope& scope) noexcept;

}  // namespace detail

/// Starts spans for one instrumentation scope. A handle of pointer size: copy it freely, keep it as long as
/// you like, use it from any thread, before a session starts, after it stops and across forks.
class Tracer {
 public:
  explicit Tracer(const detail::Scope& scope) noexcept : scope_(&scope) {}

  /// Starts a span that is current until the end of the C++ scope. Child of the current span, or a new trace.
  [[nodiscard]] ScopedSpan scoped_span(std::string_view name, Attributes attributes = {},
                                       const SpanOptions& options = detail::kUsualSpan) const noexcept {
    return ScopedSpan(*scope_, name, attributes, options);
  }
  /// Starts a movable span that is not current by itself.
  [[nodiscard]] Span start_span(std::string_view name, Attributes attributes = {},
                                const SpanOptions& options = detail::kUsualSpan) const noexcept {
    return Span(*scope_, name, attributes, options);
  }
  /// Whether a span started now could be exported: false where the session has no tracing section, has ended,
  /// or switches this tracer off (`TracerConfigurator`); true before a session. For work that only spans
  /// need; ask again each time (specification: trace/api.md#enabled).
  [[nodiscard]] bool enabled() const noexcept { return detail::is_tracer_enabled(*scope_); }

 private:
  const detail::Scope* scope_;
};

/// The tracer of a named instrumentation scope. May be called at any time, static initialisation included,
/// from any thread; equal arguments give the same scope. Spans of the time before a session starts are kept
/// (up to 256 KiB with all other records) and delivered when it does.
[[nodiscard]] inline Tracer get_tracer(std::string_view name, const ScopeOptions& options = {}) {
  return Tracer(detail::intern_scope(name, options));
}

}  // namespace ergon::inline v0
#endif
