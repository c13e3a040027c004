#pragma once

#include <sys/types.h>

#include <chrono>
#include <string_view>

namespace ergon::inline v0::base {

/// A stream of the program's (standard output, say), written to without ever waiting for its reader. Pipes
/// and terminals get an open description of its own that does not block: "polls as writable" promises less
/// than a write may ask for, and setting O_NONBLOCK on the program's own would change it for everybody. One
/// thread.
class Output {
 public:
  explicit Output(int descriptor) noexcept;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  /// Writes what the stream takes now and answers how many bytes that were: 0 when it takes nothing, -1 (and
  /// errno) when it failed. Into pipes go whole lines where they are short enough, in one piece, so that
  /// other writers' lines are not torn. A closed pipe is EPIPE and no signal.
  [[nodiscard]] ssize_t write_some(std::string_view text) const noexcept;

  using Clock = std::chrono::steady_clock;

  /// Whether the stream takes something, or its reader has gone; waits for that until the deadline.
  [[nodiscard]] bool wait_until_writable(Clock::time_point deadline) const noexcept;
  /// Writes the text and answers whether all of it was written. A reader that does not read is waited for
  /// until the deadline, one that has gone is not.
  bool write_until(std::string_view text, Clock::time_point deadline) const noexcept;

  /// What to poll for POLLOUT.
  [[nodiscard]] int descriptor() const noexcept { return own_ >= 0 ? own_ : descriptor_; }

 private:
  enum class Kind { file, stream, socket };

  int descriptor_;
  int own_{-1};
  Kind kind_{Kind::file};
};

}  // namespace ergon::inline v0::base
