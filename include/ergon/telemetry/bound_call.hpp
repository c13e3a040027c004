#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

namespace ergon::inline v0::detail {

// A callable and the context that it is called under, which `attach` makes current for the time of a call.
template <class Context, class F>
struct BoundCall {
  Context context;
  F fn;

  template <class... Args>
    requires std::invocable<F&, Args...>
  decltype(auto) operator()(Args&&... args) {
    [[maybe_unused]] const auto scope = attach(context);
    return fn(std::forward<Args>(args)...);
  }
  template <class... Args>
    requires std::invocable<const F&, Args...>
  decltype(auto) operator()(Args&&... args) const {
    [[maybe_unused]] const auto scope = attach(context);
    return fn(std::forward<Args>(args)...);
  }
};

}  // namespace ergon::inline v0::detail
