#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include <ergon/telemetry/visibility.hpp>

namespace ergon {

/// A std::variant, and used as one (`std::visit`, `std::get_if`, …), that is made, copied, moved and
/// destroyed by functions that aren't inline: those of the configuration's own are compiled into the library
/// (`extern template`), instead of wherever a header has such a member. The default is the first of the
/// types.
template <class... Types>
class ERGON_API OneOf : public std::variant<Types...> {
 public:
  using Variant = std::variant<Types...>;

  OneOf();

  template <class T>
    requires(!std::derived_from<std::remove_cvref_t<T>, std::variant<Types...>> &&
             std::is_constructible_v<std::variant<Types...>, T>)
  OneOf(T&& value);

  OneOf(const OneOf& other);
  // As a variant's: throws if its type's does.
  OneOf(OneOf&& other);  // NOLINT(performance-noexcept-move-constructor)
  OneOf& operator=(const OneOf& other);
  OneOf& operator=(OneOf&& other);  // NOLINT(performance-noexcept-move-constructor)
  ~OneOf();
};

template <class... Types>
OneOf<Types...>::OneOf() = default;

template <class... Types>
template <class T>
  requires(!std::derived_from<std::remove_cvref_t<T>, std::variant<Types...>> &&
           std::is_constructible_v<std::variant<Types...>, T>)
OneOf<Types...>::OneOf(T&& value) : Variant(std::forward<T>(value)) {}

template <class... Types>
OneOf<Types...>::OneOf(const OneOf& other) = default;

template <class... Types>
OneOf<Types...>::OneOf(OneOf&& other) = default;  // NOLINT(performance-noexcept-move-constructor)

template <class... Types>
OneOf<Types...>& OneOf<Types...>::operator=(const OneOf& other) = default;

template <class... Types>
OneOf<Types...>& OneOf<Types...>::operator=(OneOf&& other) =  // NOLINT(performance-noexcept-move-constructor)
    default;

template <class... Types>
OneOf<Types...>::~OneOf() = default;

}  // namespace ergon
