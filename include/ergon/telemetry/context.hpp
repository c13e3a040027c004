#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <new>
#include <utility>

#include <ergon/telemetry/baggage.hpp>
#include <ergon/telemetry/bound_call.hpp>
#include <ergon/telemetry/context_key.hpp>
#include <ergon/telemetry/counted.hpp>
#include <ergon/telemetry/live_span.hpp>
#include <ergon/telemetry/span_context.hpp>

namespace ergon::inline v0 {

namespace detail {

template <class T>
struct ContextValue final : Counted {
  explicit ContextValue(T&& its_value)
      : Counted([](Counted* self) noexcept { delete static_cast<ContextValue*>(self); }),
        value(std::move(its_value)) {}

  T value;
};

// The values of a context are a list that is copied when one is set: it is short, and read far more often.
[[nodiscard]] ERGON_API const Counted* find_value(const Shared& values, const void* key) noexcept;
[[nodiscard]] ERGON_API Shared with_value(const Shared& values, const void* key, Shared value) noexcept;

}  // namespace detail

/// What goes with an execution: the current span's context, baggage, and values under keys of the program's
/// own (specification: context/README.md). Immutable, and cheap to copy: it owns what it holds, so it may
/// outlive the scope it was captured in and go to any thread. The default one is empty, the root.
class [[nodiscard]] Context {
 public:
  Context() noexcept = default;

  /// Invalid (all zero) when there is no span.
  [[nodiscard]] const SpanContext& span_context() const noexcept { return span_; }
  [[nodiscard]] Context with_span_context(SpanContext span) const noexcept {
    return Context(std::move(span), values_);
  }

  [[nodiscard]] ERGON_API Baggage baggage() const noexcept;
  /// An empty one takes all baggage away, as before a call to somebody who is not trusted.
  [[nodiscard]] ERGON_API Context with_baggage(Baggage baggage) const noexcept;

  /// The value under this key, or null. It lives as long as any context that has it.
  template <class T>
  [[nodiscard]] const T* get(const ContextKey<T>& key) const noexcept {
    const detail::Counted* const found = detail::find_value(values_, &key);
    return found != nullptr ? &static_cast<const detail::ContextValue<T>*>(found)->value : nullptr;
  }
  /// With the value in place of any under this key. Moves it in, so only T's own move may throw; without
  /// memory nothing changes.
  template <class T>
  [[nodiscard]] Context with(const ContextKey<T>& key, std::type_identity_t<T> value) const {
    detail::Counted* const counted = new (std::nothrow) detail::ContextValue<T>(std::move(value));
    if (counted == nullptr) return *this;
    return Context(span_, detail::with_value(values_, &key, detail::Shared(counted)));
  }

 private:
  friend struct detail::LiveSpan;
  friend class ContextScope;
  friend Context current_context() noexcept;

  Context(SpanContext span, detail::Shared values) noexcept
      : span_(std::move(span)), values_(std::move(values)) {}

  SpanContext span_;
  detail::Shared values_;
};

/// The context of the calling thread: what was attached last, and the current span. Any thread.
[[nodiscard]] ERGON_API Context current_context() noexcept;

/// Makes a context current on this thread until the end of the scope, which must come on the same thread.
/// Can't be moved. Made by `attach`.
class [[nodiscard]] ContextScope {
 public:
  ERGON_API explicit ContextScope(Context context) noexcept;
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;
  ERGON_API ~ContextScope();

 private:
  detail::CurrentContext current_;
};

/// `const auto scope = ergon::attach(context);`: what is recorded until the scope's end is in this context.
[[nodiscard]] inline ContextScope attach(Context context) noexcept {
  return ContextScope(std::move(context));
}

/// The baggage of the current context.
[[nodiscard]] inline Baggage current_baggage() noexcept { return current_context().baggage(); }

/// The current context with this baggage in place of its own:
/// `const auto scope = ergon::attach(ergon::current_baggage().set("tenant", "acme"));`
[[nodiscard]] inline ContextScope attach(Baggage baggage) noexcept {
  return ContextScope(current_context().with_baggage(std::move(baggage)));
}

/// `fn`, to be run under the context that is current now, whenever and on whatever thread it is called: for
/// pools and callbacks. Movable, and copyable if `fn` is; passes arguments, result and exceptions through.
template <class F>
[[nodiscard]] auto bind_context(F&& fn) {
  return detail::BoundCall<Context, std::decay_t<F>>{current_context(), std::forward<F>(fn)};
}

}  // namespace ergon::inline v0
#endif
