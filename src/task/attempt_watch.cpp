#include "task/attempt_watch.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "base/event_descriptor.hpp"
#include "base/sdk_thread.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::int64_t nanoseconds_of(std::chrono::steady_clock::time_point time) noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

std::int64_t now() noexcept { return nanoseconds_of(std::chrono::steady_clock::now()); }

}  // namespace

AttemptLimits AttemptSlot::begin(std::int64_t attempt, TimePoint deadline, std::string_view transaction_id,
                                 std::string_view stage, const SpanContext& span) {
  transaction_id_ = transaction_id;
  stage_ = stage;
  span_ = span;
  if (deadline != TimePoint::max()) {
    const std::int64_t at = nanoseconds_of(deadline);
    deadline_.store(at);
    watch_.wake_for(at);
  }
  return {.attempt = attempt, .deadline = deadline, .stop = stop_.get_token()};
}

bool AttemptSlot::end() noexcept {
  std::int64_t deadline = deadline_.load(std::memory_order_relaxed);
  if (deadline == kNone) return false;
  if (deadline != kOver && deadline_.compare_exchange_strong(deadline, kNone)) return false;
  const std::lock_guard lock(mutex_);  // until the watch has seen what it wanted
  deadline_.store(kNone);
  stop_ = std::stop_source();
  return true;
}

AttemptWatch::AttemptWatch(Calls calls, int lifeline)
    : calls_(std::move(calls)), lifeline_(lifeline), event_(base::make_event_descriptor()) {
  try {
    thread_ = base::start_sdk_thread("ergon-watch", [this] { run(); });
  } catch (...) {
    ::close(event_);
    throw;
  }
}

AttemptWatch::~AttemptWatch() {
  is_over_.store(true);
  base::ring_event(event_);
  thread_.join();
  ::close(event_);
}

AttemptSlot& AttemptWatch::add_slot() {
  const std::lock_guard lock(slots_mutex_);
  return slots_.emplace_back(*this);
}

// The loop has stored its deadline before it looks here, and the watch says when it wakes before it looks at
// the deadlines: one of the two sees the other.
void AttemptWatch::wake_for(std::int64_t deadline) noexcept {
  if (deadline < wakes_at_.load()) base::ring_event(event_);
}

void AttemptWatch::run() {
  const std::int64_t period = std::chrono::nanoseconds(calls_.period).count();
  std::int64_t next_tick = period > 0 ? now() + period : kNever;
  while (!is_over_.load()) {
    wakes_at_.store(kNever);
    const std::int64_t nearest = look();
    const std::int64_t until = std::min(nearest, next_tick);
    wakes_at_.store(until);
    if (look() < until) continue;  // one that was set in between
    wait(until);
    if (now() < next_tick) continue;
    next_tick = now() + period;
    calls_.tick();
  }
}

void AttemptWatch::wait(std::int64_t until) {
  std::array<pollfd, 2> waited{pollfd{.fd = event_, .events = POLLIN, .revents = 0},
                               pollfd{.fd = lifeline_, .events = 0, .revents = 0}};
  timespec left{};
  if (until != kNever) {
    const std::int64_t wait = std::max<std::int64_t>(until - now(), 0);
    left = {.tv_sec = wait / 1'000'000'000, .tv_nsec = wait % 1'000'000'000};
  }
  ::ppoll(waited.data(), waited.size(), until == kNever ? nullptr : &left, nullptr);
  base::take_events(event_);
  if ((waited[1].revents & (POLLHUP | POLLERR)) == 0) return;
  lifeline_ = -1;
  calls_.is_orphaned();
}

// The nearest deadline that is still to come. What is over is asked to stop.
std::int64_t AttemptWatch::look() {
  std::int64_t nearest = kNever;
  std::vector<Expired> expired;
  {
    const std::lock_guard lock(slots_mutex_);
    for (AttemptSlot& slot : slots_) {
      const std::int64_t deadline = slot.deadline_.load();
      if (deadline == AttemptSlot::kNone || deadline == AttemptSlot::kOver) continue;
      if (deadline > now()) {
        nearest = std::min(nearest, deadline);
      } else if (auto taken = take_expired(slot)) {
        expired.push_back(std::move(*taken));
      }
    }
  }
  for (Expired& one : expired) {
    one.stop.request_stop();  // which runs callbacks of the program
    if (calls_.is_overdue) calls_.is_overdue(one.overdue);
  }
  return nearest;
}

// While the slot's mutex is held its loop can't end the attempt: what the slot refers to is there.
std::optional<AttemptWatch::Expired> AttemptWatch::take_expired(AttemptSlot& slot) {
  const std::lock_guard lock(slot.mutex_);
  std::int64_t deadline = slot.deadline_.load();
  if (deadline <= AttemptSlot::kNone || deadline > now()) return std::nullopt;
  if (!slot.deadline_.compare_exchange_strong(deadline, AttemptSlot::kOver)) return std::nullopt;
  return Expired{slot.stop_, {std::string(slot.transaction_id_), slot.stage_, slot.span_}};
}

}  // namespace ergon::inline v0::detail
