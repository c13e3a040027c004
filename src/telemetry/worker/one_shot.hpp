#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace ergon::inline v0::telemetry {

/// An answer that one thread waits for and another gives: once, or anew, then the latest counts.
template <class T>
class OneShot {
 public:
  void set(T value) {
    {
      const std::lock_guard guard(mutex_);
      value_ = std::move(value);
    }
    given_.notify_all();
  }

  [[nodiscard]] std::optional<T> wait_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    given_.wait_until(lock, deadline, [&] { return value_.has_value(); });
    return value_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  std::optional<T> value_;
};

}  // namespace ergon::inline v0::telemetry
