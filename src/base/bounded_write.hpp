#pragma once

#include <signal.h>

#include <chrono>
#include <string_view>

namespace ergon::base {

/// Keeps SIGPIPE from the calling thread: in its scope a reader that has gone is a failed write and does not
/// end the process.
class PipeSignalHeld {
 public:
  PipeSignalHeld() noexcept;
  PipeSignalHeld(const PipeSignalHeld&) = delete;
  PipeSignalHeld& operator=(const PipeSignalHeld&) = delete;
  ~PipeSignalHeld();

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_{false};
};

using WriteDeadline = std::chrono::steady_clock::time_point;

/// Whether PIPE_BUF bytes can be written without waiting, or the reader has gone; waits for it until the
/// deadline.
[[nodiscard]] bool wait_until_writable(int descriptor, WriteDeadline deadline) noexcept;

/// Writes the text; answers whether all of it was written. A reader that does not read is waited for until
/// the deadline, one that has gone is not, and neither ends the process.
bool write_until(int descriptor, std::string_view text, WriteDeadline deadline) noexcept;

}  // namespace ergon::base
