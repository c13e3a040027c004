#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/owned_descriptor.hpp"

namespace ergon::test {

struct ChildProcessOptions {
  std::vector<std::string> arguments{};              // [0]: a path, or a name looked up in PATH
  std::map<std::string, std::string> environment{};  // on top of the caller's own
  std::vector<std::string> unset_environment{};
  std::filesystem::path working_directory{};  // empty: the caller's
};

/// How a child ended: by itself with an exit code, or killed by a signal (then the code is -1).
struct ExitStatus {
  int code = -1;
  int signal = 0;

  bool operator==(const ExitStatus&) const = default;
};

std::ostream& operator<<(std::ostream& out, const ExitStatus& status);

/// Runs a program. A thread of its own, with all signals blocked, takes the child's stdout and stderr as
/// they come, so the child never blocks on a full pipe. The child starts with no signal blocked or ignored.
/// The destructor kills with SIGKILL what still runs.
///
/// For one thread of the process that made it. In a process forked from that one the object is inert: its
/// destructor closes copies of descriptors, and neither kills nor waits. Failures to start throw
/// std::system_error.
class ChildProcess {
 public:
  explicit ChildProcess(ChildProcessOptions options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool is_owned_here() const;

  /// Writes to the child's stdin (a socket); false when the child no longer reads it.
  bool write_input(std::string_view text);

  /// The child reads the end of its input, even if forked processes hold copies of the descriptor.
  void close_input();

  /// Does nothing once wait() has seen the end, so it never hits a stranger who got the same pid.
  void send_signal(int number);

  /// nullopt at the timeout. Once it has returned a status it always returns that, and output() and
  /// error_output() hold all that the child itself wrote.
  std::optional<ExitStatus> wait(std::chrono::milliseconds timeout);

  /// Takes the next whole line of stdout, without its newline; nullopt at the timeout, and at once when
  /// stdout has ended.
  std::optional<std::string> next_output_line(std::chrono::milliseconds timeout);

  /// True as soon as what is in output() or error_output() contains `text`.
  bool wait_for_output(std::string_view text, std::chrono::milliseconds timeout);
  bool wait_for_error_output(std::string_view text, std::chrono::milliseconds timeout);

  /// What came so far, without the lines that next_output_line took.
  std::string output() const;
  std::string error_output() const;

 private:
  struct Stream {
    OwnedDescriptor descriptor;
    std::string text;
    std::size_t taken = 0;     // bytes at the front that next_output_line took
    std::size_t searched = 0;  // up to here no newline follows what was taken

    bool read_some();  // one chunk; false when there is none now
    std::string_view rest() const { return std::string_view(text).substr(taken); }
    std::optional<std::string> take_line();
  };

  int start_reader();
  static void* reader_thread(void* self);
  void read_until_end();
  bool read_streams();
  bool wait_for_text(Stream& stream, std::string_view text, std::chrono::milliseconds timeout);

  pid_t owner_ = 0;
  pid_t pid_ = 0;
  OwnedDescriptor stop_event_;  // ends the reader thread
  OwnedDescriptor exit_event_;  // pidfd: readable when the child has ended
  OwnedDescriptor input_;
  std::optional<ExitStatus> status_;
  pthread_t reader_{};  // not std::thread: in a forked process nobody could join it

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  Stream output_;  // both: under mutex_, filled by the reader thread, and by wait() at the end
  Stream errors_;
};

}  // namespace ergon::test
