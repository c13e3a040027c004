#include "telemetry/worker/mailbox.hpp"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <utility>

#include "base/event_descriptor.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constinit std::atomic<int> g_descriptor{-1};

int descriptor_of_process() {
  static constinit std::mutex mutex;
  const std::lock_guard guard(mutex);
  if (g_descriptor < 0) g_descriptor = base::make_event_descriptor();
  return g_descriptor;
}

}  // namespace

Mailbox::Mailbox() : descriptor_(descriptor_of_process()) {}

void Mailbox::forget_descriptor_in_child() noexcept {
  if (const int of_parent = g_descriptor.exchange(-1); of_parent >= 0) ::close(of_parent);
}

bool Mailbox::send(Command command) {
  {
    const std::lock_guard guard(mutex_);
    if (is_closed_) return false;
    commands_.push_back(std::move(command));
  }
  base::ring_event(descriptor_);
  return true;
}

std::vector<Command> Mailbox::wait(std::chrono::nanoseconds timeout) {
  pollfd waiting{descriptor_, POLLIN, 0};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
  const timespec limit{seconds.count(), (timeout - seconds).count()};
  if (ppoll(&waiting, 1, &limit, nullptr) > 0) base::take_events(descriptor_);
  const std::lock_guard guard(mutex_);
  return std::exchange(commands_, {});
}

std::vector<Command> Mailbox::close() {
  const std::lock_guard guard(mutex_);
  is_closed_ = true;
  return std::exchange(commands_, {});
}

}  // namespace ergon::inline v0::telemetry
