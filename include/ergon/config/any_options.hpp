#pragma once

#include <concepts>
#include <string>
#include <utility>

#include <ergon/config/type_of.hpp>

namespace ergon::inline v0 {

/// The options of some connector or service: any described aggregate, held by value, or nothing. Converts
/// from the aggregate: `{{"orders", JsonlConnector::Options{.path = "orders.jsonl"}}}`. Needs no RTTI; as
/// safe between threads as the aggregate.
class AnyOptions {
 public:
  AnyOptions() noexcept = default;

  /// `type` is the name under which the program registered the type; empty where options are made in code.
  template <class T>
    requires(!std::same_as<T, AnyOptions> && config::Described<T>)
  AnyOptions(T options, std::string type = {})
      : value_(new T(std::move(options))), operations_(&kOperations<T>), type_(std::move(type)) {}

  AnyOptions(const AnyOptions& other)
      : value_(other.value_ ? other.operations_->copy(other.value_) : nullptr),
        operations_(other.operations_),
        type_(other.type_) {}
  AnyOptions(AnyOptions&& other) noexcept { swap(other); }
  AnyOptions& operator=(AnyOptions other) noexcept {
    swap(other);
    return *this;
  }
  ~AnyOptions() {
    if (value_) operations_->destroy(value_);
  }

  /// The options if they are a T, else null.
  template <class T>
  [[nodiscard]] const T* get_if() const noexcept {
    return description() == &config::type_of<T>() ? static_cast<const T*>(value_) : nullptr;
  }

  /// The name the type was read under, as registered (`jsonl`).
  [[nodiscard]] const std::string& type() const noexcept { return type_; }
  void set_type(std::string type) { type_ = std::move(type); }

  /// What is held, without its type, and its description: for the configuration reader. Null when nothing is
  /// held.
  [[nodiscard]] void* data() noexcept { return value_; }
  [[nodiscard]] const void* data() const noexcept { return value_; }
  [[nodiscard]] const config::TypeDescription* description() const noexcept {
    return value_ ? &operations_->description() : nullptr;
  }

 private:
  struct Operations {
    void* (*copy)(const void*);
    void (*destroy)(void*);
    config::TypeFunction description;
  };

  template <class T>
  static constexpr Operations kOperations{
      [](const void* value) -> void* { return new T(*static_cast<const T*>(value)); },
      [](void* value) { delete static_cast<T*>(value); }, &config::type_of<T>};

  void swap(AnyOptions& other) noexcept {
    std::swap(value_, other.value_);
    std::swap(operations_, other.operations_);
    type_.swap(other.type_);
  }

  void* value_{nullptr};
  const Operations* operations_{nullptr};
  std::string type_{};
};

}  // namespace ergon::inline v0
