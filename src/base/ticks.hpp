#pragma once

#include <time.h>

#include <array>
#include <atomic>
#include <cstdint>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace ergon::inline v0::base {

// Time on the recording threads is a raw count of ticks; the worker turns it into wall time later, so a span
// pays for two counter reads and no conversion (docs/adr/0004).
enum class TickSource : std::uint8_t {
  monotonic,  // nanoseconds of CLOCK_MONOTONIC
  counter,    // the CPU's invariant counter: TSC on x86-64, CNTVCT on arm64
};

// Written by the worker when the counter proves unreliable, read by recording threads. Relaxed: every record
// says which source its ticks are of.
extern constinit std::atomic<TickSource> g_tick_source;

[[nodiscard]] inline TickSource tick_source() noexcept {
  return g_tick_source.load(std::memory_order_relaxed);
}

[[nodiscard]] inline std::uint64_t monotonic_nanoseconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

[[nodiscard]] inline std::uint64_t read_ticks(TickSource source) noexcept {
#if defined(__x86_64__)
  if (source == TickSource::counter) [[likely]]
    return __rdtsc();
#elif defined(__aarch64__)
  if (source == TickSource::counter) [[likely]] {
    std::uint64_t ticks = 0;
    asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
  }
#endif
  return monotonic_nanoseconds();
}

/// Turns ticks into wall time, by a short history of calibrations. Owned by one thread.
class WallClock {
 public:
  /// Starts from the anchor taken when the program was loaded; waits until 1 ms after it, so that the
  /// counter's rate is known to better than 100 ppm from the first record on.
  WallClock();

  /// Takes a new anchor. Call about once a second: a record is placed by the last anchor before its start.
  void calibrate();

  /// Whether a clock whose bytes came from elsewhere is one.
  [[nodiscard]] bool is_plausible() const noexcept;

  [[nodiscard]] std::uint64_t unix_nanoseconds(TickSource source, std::uint64_t ticks) const noexcept;
  [[nodiscard]] std::uint64_t duration_nanoseconds(TickSource source, std::uint64_t ticks) const noexcept;

 private:
  struct Anchor {
    std::uint64_t counter;
    std::uint64_t monotonic;
    std::uint64_t wall;
  };
  static constexpr std::size_t kHistory = 8;
  static constexpr int kTrustedMisses = 3;

  static Anchor take_anchor() noexcept;
  static const Anchor& first_anchor() noexcept;
  static const bool kIsAnchored;  // when the library is loaded
  [[nodiscard]] const Anchor& anchor_before(TickSource source, std::uint64_t ticks) const noexcept;
  void note_counter_error(const Anchor& fresh) noexcept;

  std::array<Anchor, kHistory> anchors_{};  // ring, newest at `newest_`
  std::size_t count_{0};
  std::size_t newest_{0};
  double nanoseconds_per_tick_{1.0};
  int misses_{0};
};

}  // namespace ergon::inline v0::base
