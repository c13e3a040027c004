#pragma once

#include <cstdint>

#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0::detail {

// What several values share, unchanged from its making on: its holders are counted, and the last one to go
// destroys it. One that is never to go is not counted, so that threads which all hold it do not pass its
// cache line around.
struct ERGON_API Counted {
  using Destroy = void (*)(Counted* self) noexcept;
  static constexpr std::uint32_t kForEver = UINT32_MAX;

  explicit Counted(Destroy destroy_it) noexcept : destroy(destroy_it) {}

  std::uint32_t holders{1};  // any thread, by these functions alone
  Destroy destroy;

  // Not inline: where there is nothing to share, which is nearly always, they would only be in the way.
  void retain() noexcept;
  void release() noexcept;
  void keep_for_ever() noexcept;
};

// A holder, or nothing. Copying nothing costs one predictable branch.
class Shared {
 public:
  constexpr Shared() noexcept = default;
  /// Takes over the holder that the object was made with; null is nothing.
  constexpr explicit Shared(Counted* object) noexcept : object_(object) {}
  constexpr Shared(const Shared& other) noexcept : object_(other.object_) {
    if (object_ != nullptr) [[unlikely]]
      object_->retain();
  }
  constexpr Shared(Shared&& other) noexcept : object_(other.object_) { other.object_ = nullptr; }
  constexpr Shared& operator=(const Shared& other) noexcept {
    if (object_ != other.object_) [[unlikely]]
      *this = Shared(other);
    return *this;
  }
  constexpr Shared& operator=(Shared&& other) noexcept {
    Counted* const mine = object_;
    object_ = other.object_;
    other.object_ = mine;
    return *this;
  }
  constexpr ~Shared() {
    if (object_ != nullptr) [[unlikely]]
      object_->release();
  }

  [[nodiscard]] constexpr explicit operator bool() const noexcept { return object_ != nullptr; }
  [[nodiscard]] constexpr Counted* get() const noexcept { return object_; }
  friend constexpr bool operator==(const Shared&, const Shared&) = default;

 private:
  Counted* object_{nullptr};
};

}  // namespace ergon::inline v0::detail
