#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// One of several types, the first by default: a std::variant on the heap, which is never empty and copied
/// with what is inside. Moving leaves the source with a moved-from value inside. As safe between threads as
/// the variant is.
///
/// A header that only has such members costs little to compile: the variant is looked into where it is used,
/// and for the configuration's own types what makes, copies and destroys it is compiled into the library
/// (`extern template`).
template <class... Types>
class ERGON_API OneOf {
 public:
  using Variant = std::variant<Types...>;

  OneOf();

  template <class T>
    requires(std::same_as<std::remove_cvref_t<T>, Types> || ...)
  OneOf(T&& value);

  OneOf(const OneOf& other);
  // Allocates, as it is never empty.
  OneOf(OneOf&& other);  // NOLINT(performance-noexcept-move-constructor)
  ~OneOf();

  OneOf& operator=(const OneOf& other);
  OneOf& operator=(OneOf&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }

  template <class T>
  [[nodiscard]] bool holds() const noexcept {
    return std::holds_alternative<T>(*value_);
  }
  /// Null when it holds another.
  template <class T>
  [[nodiscard]] T* get_if() noexcept {
    return std::get_if<T>(value_);
  }
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(value_);
  }
  /// Throws std::bad_variant_access when it holds another.
  template <class T>
  [[nodiscard]] T& get() {
    return std::get<T>(*value_);
  }
  template <class T>
  [[nodiscard]] const T& get() const {
    return std::get<T>(*value_);
  }
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), std::as_const(*value_));
  }
  template <class T>
  T& emplace() {
    return value_->template emplace<T>();
  }

 private:
  Variant* value_;
};

template <class... Types>
OneOf<Types...>::OneOf() : value_(new Variant()) {}

template <class... Types>
template <class T>
  requires(std::same_as<std::remove_cvref_t<T>, Types> || ...)
OneOf<Types...>::OneOf(T&& value)
    : value_(new Variant(std::in_place_type<std::remove_cvref_t<T>>, std::forward<T>(value))) {}

template <class... Types>
OneOf<Types...>::OneOf(const OneOf& other) : value_(new Variant(*other.value_)) {}

template <class... Types>
OneOf<Types...>::OneOf(OneOf&& other)  // NOLINT(performance-noexcept-move-constructor)
    : value_(new Variant(std::move(*other.value_))) {}

template <class... Types>
OneOf<Types...>::~OneOf() {
  delete value_;
}

template <class... Types>
OneOf<Types...>& OneOf<Types...>::operator=(const OneOf& other) {
  if (this != &other) *this = OneOf(other);
  return *this;
}

}  // namespace ergon::inline v0
