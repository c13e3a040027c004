#pragma once

#include <signal.h>

#include <cstddef>
#include <memory>
#include <new>

namespace ergon::inline v0::base {

/// A stack for signal handlers on the thread that makes it, whose own may be what is used up. A thread that
/// has one keeps that. To be destroyed on the same thread, or never.
class AlternateStack {
 public:
  AlternateStack() noexcept {
    stack_t present{};
    if (sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) return;
    bytes_.reset(new (std::nothrow) std::byte[kBytes]);
    if (bytes_ == nullptr) return;
    const stack_t stack{.ss_sp = bytes_.get(), .ss_flags = 0, .ss_size = kBytes};
    sigaltstack(&stack, nullptr);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;
  ~AlternateStack() {
    const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
    if (bytes_ != nullptr) sigaltstack(&none, nullptr);
  }

 private:
  static constexpr std::size_t kBytes = 64U << 10U;

  std::unique_ptr<std::byte[]> bytes_;
};

}  // namespace ergon::inline v0::base
