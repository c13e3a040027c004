#pragma once

// Context and baggage where telemetry is compiled out: see off.hpp.

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <ergon/telemetry/baggage_entry.hpp>
#include <ergon/telemetry/bound_call.hpp>
#include <ergon/telemetry/context_key.hpp>
#include <ergon/telemetry/span_context.hpp>

namespace ergon::inline v0 {

class Baggage {
 public:
  static constexpr std::size_t kMostMembers = 64;
  static constexpr std::size_t kMostCharacters = 8'192;

  [[nodiscard]] static constexpr Baggage parse(std::string_view) noexcept { return {}; }
  [[nodiscard]] constexpr bool is_empty() const noexcept { return true; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return 0; }
  [[nodiscard]] constexpr const BaggageEntry* begin() const noexcept { return nullptr; }
  [[nodiscard]] constexpr const BaggageEntry* end() const noexcept { return nullptr; }
  [[nodiscard]] constexpr const BaggageEntry* find(std::string_view) const noexcept { return nullptr; }
  [[nodiscard]] constexpr std::string_view get(std::string_view) const noexcept { return {}; }
  [[nodiscard]] constexpr Baggage set(std::string_view, std::string_view,
                                      std::string_view = {}) const noexcept {
    return {};
  }
  [[nodiscard]] constexpr Baggage remove(std::string_view) const noexcept { return {}; }
  [[nodiscard]] std::string to_header() const { return {}; }
  friend constexpr bool operator==(const Baggage&, const Baggage&) = default;
};

namespace detail {
inline constexpr SpanContext kNoContext{};
}  // namespace detail

class [[nodiscard, maybe_unused]] Context {
 public:
  [[nodiscard]] const SpanContext& span_context() const noexcept { return detail::kNoContext; }
  [[nodiscard]] Context with_span_context(const SpanContext&) const noexcept { return {}; }
  [[nodiscard]] Baggage baggage() const noexcept { return {}; }
  [[nodiscard]] Context with_baggage(const Baggage&) const noexcept { return {}; }
  template <class T>
  [[nodiscard]] const T* get(const ContextKey<T>&) const noexcept {
    return nullptr;
  }
  template <class T>
  [[nodiscard]] Context with(const ContextKey<T>&, const std::type_identity_t<T>&) const {
    return {};
  }
};

[[nodiscard]] inline Context current_context() noexcept { return {}; }

class [[nodiscard, maybe_unused]] ContextScope {
 public:
  explicit ContextScope(const Context&) noexcept {}
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;
};

[[nodiscard]] inline ContextScope attach(const Context& context) noexcept { return ContextScope(context); }
[[nodiscard]] inline ContextScope attach(const Baggage&) noexcept { return ContextScope(Context()); }
[[nodiscard]] inline Baggage current_baggage() noexcept { return {}; }

template <class F>
[[nodiscard]] auto bind_context(F&& fn) {
  return detail::BoundCall<Context, std::decay_t<F>>{current_context(), std::forward<F>(fn)};
}

}  // namespace ergon::inline v0
