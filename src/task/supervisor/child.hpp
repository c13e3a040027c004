#pragma once

#include <signal.h>
#include <sys/types.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace ergon::inline v0::detail {

/// What a child does: it answers its exit code and the text that its parent gets.
struct ChildResult {
  int exit_code{0};
  std::string report{};
};

/// What a forked child must give up of its parent's.
struct ChildSetup {
  /// Signals that are held back in the parent, as they were before.
  sigset_t signals_before;
  /// Descriptors that are the parent's alone.
  std::span<const int> closes;
};

/// A child process of this one, which is single-threaded. Reaping it is the owner's.
class Child {
 public:
  /// Forks. The child runs `run`, sends its report and exits as a program does; when its parent dies it is
  /// woken, if it was stopped. Throws std::system_error where there is no process or descriptor left.
  Child(const ChildSetup& setup, const std::function<ChildResult()>& run);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Closes the pipe.
  ~Child();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// To poll for what `read_report` takes; -1 when there is no more.
  [[nodiscard]] int report_descriptor() const noexcept { return report_; }
  /// Takes what has come, without waiting.
  void read_report() noexcept;
  [[nodiscard]] const std::string& report() const noexcept { return text_; }

 private:
  pid_t pid_{-1};
  int report_{-1};
  std::string text_;
};

}  // namespace ergon::inline v0::detail
