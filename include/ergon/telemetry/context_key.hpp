#pragma once

namespace ergon::inline v0 {

/// Names a value of type T in a Context. The key is the object itself, not its name, so there is one of each:
/// `inline constexpr ergon::ContextKey<Tenant> kTenant{"tenant"};`. It must outlive the contexts with it.
template <class T>
class ContextKey {
 public:
  /// The name, a literal, is for people.
  constexpr explicit ContextKey(const char* name) noexcept : name_(name) {}
  ContextKey(const ContextKey&) = delete;
  ContextKey& operator=(const ContextKey&) = delete;

  [[nodiscard]] constexpr const char* name() const noexcept { return name_; }

 private:
  const char* name_;
};

}  // namespace ergon::inline v0
