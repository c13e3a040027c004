#pragma once

#include <signal.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <thread>

namespace ergon::inline v0::detail {

/// `timeout`, for one, signals its child and then the child's whole group: two of a kind within this time are
/// one.
inline constexpr std::chrono::milliseconds kSameRequest{100};

/// SIGINT and SIGTERM for the time of this object: the first asks the worker to stop, a further one ends the
/// process at once (exit code 128 + signal). Handlers that were installed before are called too, and put back
/// in the end; a signal that was ignored stays so. A process forked meanwhile keeps what was installed
/// before. One object at a time, in the main thread.
class StopSignals {
 public:
  /// Whose they are. A supervisor's worker obeys SIGTERM alone, as the supervisor sends it, and never ends at
  /// once by itself: what a terminal or init system sends to all processes is the supervisor's to answer.
  enum class Whose : std::uint8_t { program, supervised_worker };

  /// Throws std::system_error when the kernel has no descriptor or thread left.
  explicit StopSignals(Whose whose = Whose::program);
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  ~StopSignals();

  /// Asked to stop by the first signal; others may ask too. Any thread.
  [[nodiscard]] std::stop_source stop() const noexcept { return stop_; }
  /// The first signal that came, or 0. Any thread.
  [[nodiscard]] static int received() noexcept;

 private:
  void watch(const std::stop_token& is_over);

  static constexpr std::array<int, 2> kSignals{SIGINT, SIGTERM};

  std::stop_source stop_;
  std::jthread watcher_;  // asks to stop, which a signal handler can't
};

}  // namespace ergon::inline v0::detail
