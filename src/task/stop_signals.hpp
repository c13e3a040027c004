#pragma once

#include <signal.h>

#include <array>

namespace ergon::detail {

/// SIGINT and SIGTERM for the time of this object: the first is noted and wakes `wait`, a further one ends
/// the process at once (exit code 128 + signal). Handlers that were installed before are called too, and put
/// back in the end. One object at a time, in the main thread.
class StopSignals {
 public:
  /// Throws std::system_error when the kernel has no descriptor left.
  StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// Waits for a signal or for `finish`; answers `received`.
  int wait() noexcept;
  /// Makes `wait` return. Any thread.
  static void finish() noexcept;
  /// The first signal that came, or 0. Any thread.
  [[nodiscard]] static int received() noexcept;

 private:
  static constexpr std::array<int, 2> kSignals{SIGINT, SIGTERM};
};

/// Keeps all signals from the threads started in its scope, so that the main thread gets them.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept;
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked();

 private:
  sigset_t before_;
};

}  // namespace ergon::detail
