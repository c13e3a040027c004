#pragma once

#include <chrono>
#include <mutex>
#include <vector>

#include "telemetry/worker/command.hpp"

namespace ergon::inline v0::telemetry {

/// The worker's inbox: a list of commands and the descriptor that wakes it. Any thread may send; a recording
/// thread only ever writes to the descriptor (wake_worker). All mailboxes of a process, of which one is in
/// use at a time, share a descriptor that is never closed: a recording thread that has just read its number
/// must not write into whatever the program opened next.
class Mailbox final : public ResultInbox {
 public:
  /// Throws std::system_error where the process has no descriptor left.
  Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox() = default;

  /// False once the mailbox is closed: nobody will answer.
  bool send(Command command);
  void post(const ExportResult& result) override { send(result); }

  /// Waits until there is a command, a wake-up, or the time is over, and takes all commands.
  [[nodiscard]] std::vector<Command> wait(std::chrono::nanoseconds timeout);
  /// Takes the last commands; later ones are refused.
  [[nodiscard]] std::vector<Command> close();

  [[nodiscard]] int wake_descriptor() const { return descriptor_; }

  /// In the child of a fork, while it has one thread: the next mailbox gets a descriptor of the child's own.
  static void forget_descriptor_in_child() noexcept;

 private:
  int descriptor_;
  std::mutex mutex_;
  std::vector<Command> commands_;  // guarded by mutex_
  bool is_closed_{false};          // guarded by mutex_
};

}  // namespace ergon::inline v0::telemetry
