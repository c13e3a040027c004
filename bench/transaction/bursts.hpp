#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>

namespace ergon::bench {

/// Nanoseconds of a kernel clock.
[[nodiscard]] inline double clock_ns(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// What one transaction takes, in nanoseconds: each figure of the burst that is best in it.
struct Cost {
  double wall{1e18};         // on the loop's thread, by the clock on the wall
  double thread_cpu{1e18};   // of the loop's thread
  double process_cpu{1e18};  // of all threads, until everything is sent and answered

  void keep_best(const Cost& other) noexcept {
    wall = std::min(wall, other.wall);
    thread_cpu = std::min(thread_cpu, other.thread_cpu);
    process_cpu = std::min(process_cpu, other.process_cpu);
  }
};

/// Times a burst. On the loop's thread.
class BurstTimer {
 public:
  void begin() noexcept {
    process_begin_ = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    thread_begin_ = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    wall_begin_ = clock_ns(CLOCK_MONOTONIC);
  }
  /// The loop is through.
  void end() noexcept {
    wall_ = clock_ns(CLOCK_MONOTONIC) - wall_begin_;
    thread_ = clock_ns(CLOCK_THREAD_CPUTIME_ID) - thread_begin_;
  }
  /// Everything is sent.
  [[nodiscard]] Cost each_of(std::uint64_t transactions) const noexcept {
    const auto count = static_cast<double>(transactions);
    return {wall_ / count, thread_ / count, (clock_ns(CLOCK_PROCESS_CPUTIME_ID) - process_begin_) / count};
  }

 private:
  double process_begin_{0};
  double thread_begin_{0};
  double wall_begin_{0};
  double wall_{0};
  double thread_{0};
};

}  // namespace ergon::bench
