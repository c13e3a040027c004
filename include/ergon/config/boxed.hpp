#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// A value on the heap that behaves like the value: it is never empty, and a copy copies what is inside. It
/// lets an object hold a variant of which it is itself an alternative (`ParentBased` in `Sampler`). Moving
/// leaves the source with a moved-from value inside, as any value would be. As safe between threads as T is.
template <class T>
class ERGON_API Boxed {
 public:
  Boxed();

  // Deliberately not constrained by what T can be made of: asking would need T complete, which inside a
  // recursive variant it is not yet.
  template <class U>
    requires(!std::same_as<std::remove_cvref_t<U>, Boxed>)
  Boxed(U&& value);

  Boxed(const Boxed& other);
  // Allocates, as a box is never empty.
  Boxed(Boxed&& other);  // NOLINT(performance-noexcept-move-constructor)
  ~Boxed();

  Boxed& operator=(const Boxed& other);
  Boxed& operator=(Boxed&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }

  [[nodiscard]] T& operator*() noexcept { return *value_; }
  [[nodiscard]] const T& operator*() const noexcept { return *value_; }
  [[nodiscard]] T* operator->() noexcept { return value_; }
  [[nodiscard]] const T* operator->() const noexcept { return value_; }

 private:
  T* value_;
};

// Not inline: what makes, copies or destroys a T is compiled once for those types that say so with
// `extern template`, and not again wherever their header is included.

template <class T>
Boxed<T>::Boxed() : value_(new T()) {}

template <class T>
template <class U>
  requires(!std::same_as<std::remove_cvref_t<U>, Boxed<T>>)
Boxed<T>::Boxed(U&& value) : value_(new T(std::forward<U>(value))) {}

template <class T>
Boxed<T>::Boxed(const Boxed& other) : value_(new T(*other)) {}

template <class T>
Boxed<T>::Boxed(Boxed&& other)  // NOLINT(performance-noexcept-move-constructor)
    : value_(new T(std::move(*other))) {}

template <class T>
Boxed<T>::~Boxed() {
  delete value_;
}

template <class T>
Boxed<T>& Boxed<T>::operator=(const Boxed& other) {
  if (this != &other) *this = Boxed(other);
  return *this;
}

}  // namespace ergon::inline v0
