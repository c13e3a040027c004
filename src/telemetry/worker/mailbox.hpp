#pragma once

#include <chrono>
#include <mutex>
#include <vector>

#include "telemetry/worker/command.hpp"

namespace ergon::telemetry {

/// The worker's inbox: a list of commands and the descriptor that wakes it. Any thread may send; a recording
/// thread only ever writes to the descriptor (wake_worker).
class Mailbox final : public ResultInbox {
 public:
  Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox();

  void send(Command command);
  void post(const ExportResult& result) override { send(result); }

  /// Waits until there is a command, a wake-up, or the time is over, and takes all commands.
  [[nodiscard]] std::vector<Command> wait(std::chrono::nanoseconds timeout);

  [[nodiscard]] int wake_descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  std::mutex mutex_;
  std::vector<Command> commands_;
};

}  // namespace ergon::telemetry
