#include "task/backoff.hpp"

#include <algorithm>
#include <condition_variable>
#include <limits>
#include <mutex>

namespace ergon::inline v0::detail {

Backoff::Backoff(const Shape& shape) noexcept
    : shape_(shape), next_(static_cast<double>(shape.first.count())) {
  if (shape.jitter > 0) chance_.seed_from_kernel();
}

std::chrono::nanoseconds Backoff::next() noexcept {
  const double whole = std::min(next_, static_cast<double>(shape_.longest.count()));
  next_ = std::min(next_ * shape_.multiplier, static_cast<double>(shape_.longest.count()));
  double share = 1;
  if (shape_.jitter > 0) {
    constexpr auto kGreatest = static_cast<double>(std::numeric_limits<std::uint64_t>::max());
    share -= shape_.jitter * static_cast<double>(chance_.next()) / kGreatest;
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>(whole * share));
}

bool wait_unless_stopped(std::chrono::nanoseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

bool wait_alive(std::chrono::nanoseconds duration, const std::stop_token& stop, LoopCell& cell) {
  constexpr std::chrono::nanoseconds kSlice = std::chrono::seconds(1);
  const auto end = std::chrono::steady_clock::now() + duration;
  for (auto left = duration; left > kSlice; left = end - std::chrono::steady_clock::now()) {
    if (!wait_unless_stopped(kSlice, stop)) return false;
    cell.step();
  }
  const auto left =
      std::chrono::duration_cast<std::chrono::nanoseconds>(end - std::chrono::steady_clock::now());
  return wait_unless_stopped(std::max(left, std::chrono::nanoseconds(0)), stop);
}

}  // namespace ergon::inline v0::detail
