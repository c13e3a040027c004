#include "base/ticks.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <string_view>

#include "base/unix_time.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ergon::inline v0::base {

constinit std::atomic<TickSource> g_tick_source{TickSource::monotonic};

namespace {

#if defined(__x86_64__)
bool cpu_says_invariant() noexcept {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  return __get_cpuid(0x80000007U, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1U << 8U)) != 0;
}

// The kernel watches the TSC and leaves it when it drifts between sockets; its choice is the better judge.
bool kernel_uses_tsc() noexcept {
  const int file =
      open("/sys/devices/system/clocksource/clocksource0/current_clocksource", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::array<char, 16> name{};
  const ssize_t size = read(file, name.data(), name.size());
  close(file);
  return size >= 3 && std::string_view(name.data(), 3) == "tsc";
}

bool counter_is_usable() noexcept { return cpu_says_invariant() && kernel_uses_tsc(); }
#elif defined(__aarch64__)
bool counter_is_usable() noexcept { return true; }
#else
bool counter_is_usable() noexcept { return false; }
#endif

// Chosen while the library loads; a record made before that says `monotonic`, which is right as well.
[[maybe_unused]] const bool kChosen = [] {
  if (counter_is_usable()) g_tick_source.store(TickSource::counter, std::memory_order_relaxed);
  return true;
}();

}  // namespace

// The counter is read between two reads of the clock and the tightest of a few tries is kept: a preemption
// between the reads would shift the anchor.
WallClock::Anchor WallClock::take_anchor() noexcept {
  Anchor best{};
  std::uint64_t tightest = UINT64_MAX;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const std::uint64_t before = monotonic_nanoseconds();
    const std::uint64_t counter = read_ticks(TickSource::counter);
    const std::uint64_t wall = base::unix_nanoseconds();
    const std::uint64_t after = monotonic_nanoseconds();
    if (after - before < tightest) {
      tightest = after - before;
      best = {counter, before + (after - before) / 2, wall};
    }
  }
  return best;
}

const WallClock::Anchor& WallClock::first_anchor() noexcept {
  static const Anchor kFirst = take_anchor();
  return kFirst;
}

const bool WallClock::kIsAnchored = (first_anchor(), true);

WallClock::WallClock() {
  anchors_[0] = first_anchor();
  count_ = 1;
  while (monotonic_nanoseconds() - anchors_[0].monotonic < 1'000'000) {
    const timespec pause{0, 200'000};
    nanosleep(&pause, nullptr);
  }
  calibrate();
}

void WallClock::calibrate() {
  const Anchor fresh = take_anchor();
  const Anchor& last = anchors_[newest_];
  if (count_ > 1) note_counter_error(fresh);
  const auto ticks = static_cast<double>(fresh.counter - last.counter);
  if (ticks > 0) nanoseconds_per_tick_ = static_cast<double>(fresh.monotonic - last.monotonic) / ticks;
  newest_ = (newest_ + 1) % kHistory;
  anchors_[newest_] = fresh;
  if (count_ < kHistory) ++count_;
}

void WallClock::note_counter_error(const Anchor& fresh) noexcept {
  const Anchor& last = anchors_[newest_];
  const double predicted = static_cast<double>(fresh.counter - last.counter) * nanoseconds_per_tick_;
  const double actual = static_cast<double>(fresh.monotonic - last.monotonic);
  if (std::abs(predicted - actual) <= 1e6) return;
  if (++misses_ == kTrustedMisses) g_tick_source.store(TickSource::monotonic, std::memory_order_relaxed);
}

const WallClock::Anchor& WallClock::anchor_before(TickSource source, std::uint64_t ticks) const noexcept {
  std::size_t index = newest_;
  for (std::size_t step = 1; step < count_; ++step) {
    const Anchor& anchor = anchors_[index];
    const std::uint64_t at = source == TickSource::counter ? anchor.counter : anchor.monotonic;
    if (at <= ticks) return anchor;
    index = (index + kHistory - 1) % kHistory;
  }
  return anchors_[index];
}

bool WallClock::is_plausible() const noexcept {
  constexpr double kSlowest = 1e6;  // ns a tick
  return count_ >= 1 && count_ <= kHistory && newest_ < kHistory && nanoseconds_per_tick_ > 0 &&
         nanoseconds_per_tick_ <= kSlowest;
}

std::uint64_t WallClock::unix_nanoseconds(TickSource source, std::uint64_t ticks) const noexcept {
  const Anchor& anchor = anchor_before(source, ticks);
  if (source == TickSource::monotonic) return anchor.wall + (ticks - anchor.monotonic);
  const auto since = static_cast<double>(static_cast<std::int64_t>(ticks - anchor.counter));
  return anchor.wall + static_cast<std::uint64_t>(static_cast<std::int64_t>(since * nanoseconds_per_tick_));
}

std::uint64_t WallClock::duration_nanoseconds(TickSource source, std::uint64_t ticks) const noexcept {
  if (static_cast<std::int64_t>(ticks) <= 0) return 0;
  if (source == TickSource::monotonic) return ticks;
  return static_cast<std::uint64_t>(static_cast<double>(ticks) * nanoseconds_per_tick_);
}

}  // namespace ergon::inline v0::base
