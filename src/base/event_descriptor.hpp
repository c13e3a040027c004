#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace ergon::inline v0::base {

/// An eventfd that wakes a poll. Throws std::system_error where the process has no descriptor left: without
/// one its thread could not be stopped.
[[nodiscard]] inline int make_event_descriptor() {
  const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

/// Wakes whoever polls the descriptor. Any thread; safe in a signal handler, whose errno it may change.
inline void ring_event(int descriptor) noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = write(descriptor, &one, sizeof one);
}

/// Takes all wake-ups that came, so that the next poll waits again.
inline void take_events(int descriptor) noexcept {
  std::uint64_t wakes = 0;
  [[maybe_unused]] const ssize_t ignored = read(descriptor, &wakes, sizeof wakes);
}

}  // namespace ergon::inline v0::base
