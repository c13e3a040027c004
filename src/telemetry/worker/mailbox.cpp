#include "telemetry/worker/mailbox.hpp"

#include <poll.h>
#include <unistd.h>

#include <utility>

#include "base/event_descriptor.hpp"

namespace ergon::telemetry {

Mailbox::Mailbox() : descriptor_(base::make_event_descriptor()) {}

Mailbox::~Mailbox() { close(descriptor_); }

void Mailbox::send(Command command) {
  {
    const std::lock_guard guard(mutex_);
    commands_.push_back(std::move(command));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = write(descriptor_, &one, sizeof one);
}

std::vector<Command> Mailbox::wait(std::chrono::nanoseconds timeout) {
  pollfd waiting{descriptor_, POLLIN, 0};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const timespec limit{seconds.count(), (timeout - seconds).count()};
  if (ppoll(&waiting, 1, &limit, nullptr) > 0) {
    std::uint64_t wakes = 0;
    [[maybe_unused]] const ssize_t ignored = read(descriptor_, &wakes, sizeof wakes);
  }
  const std::lock_guard guard(mutex_);
  return std::exchange(commands_, {});
}

}  // namespace ergon::telemetry
