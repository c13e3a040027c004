#pragma once

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>

namespace ergon::base {

/// An eventfd that wakes a poll. Throws std::system_error where the process has no descriptor left: without
/// one its thread could not be stopped.
[[nodiscard]] inline int make_event_descriptor() {
  const int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  return descriptor;
}

}  // namespace ergon::base
