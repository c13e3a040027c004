#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace ergon {

/// A value on the heap that behaves like the value: it is never empty, and a copy copies what is inside. It
/// lets an object hold a variant of which it is itself an alternative (`ParentBased` in `Sampler`). Moving
/// leaves the source with a moved-from value inside, as any value would be. As safe between threads as T is.
template <class T>
class Boxed {
 public:
  Boxed() : value_(std::make_unique<T>()) {}

  // Deliberately not constrained by what T can be made of: asking would need T complete, which inside a
  // recursive variant it is not yet.
  template <class U>
    requires(!std::same_as<std::remove_cvref_t<U>, Boxed>)
  Boxed(U&& value) : value_(std::make_unique<T>(std::forward<U>(value))) {}

  Boxed(const Boxed& other) : value_(std::make_unique<T>(*other)) {}
  // Allocates, as a box is never empty.
  Boxed(Boxed&& other)  // NOLINT(performance-noexcept-move-constructor)
      : value_(std::make_unique<T>(std::move(*other))) {}
  ~Boxed() = default;

  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = std::make_unique<T>(*other);
    return *this;
  }
  Boxed& operator=(Boxed&& other) noexcept {
    value_.swap(other.value_);
    return *this;
  }

  [[nodiscard]] T& operator*() noexcept { return *value_; }
  [[nodiscard]] const T& operator*() const noexcept { return *value_; }
  [[nodiscard]] T* operator->() noexcept { return value_.get(); }
  [[nodiscard]] const T* operator->() const noexcept { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace ergon
