#include "telemetry/record/log_turns.hpp"

#include <time.h>

#include <algorithm>
#include <limits>

#include "base/ticks.hpp"

namespace ergon::inline v0 {

namespace telemetry {

namespace {

constinit LogTurns g_turns;

// The kernel keeps this clock's time every few milliseconds, and it is read in a fraction of what others
// take.
std::uint64_t coarse_nanoseconds() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

LogTurns::Entry* LogTurns::entry_of(std::uint64_t place) noexcept {
  static_assert((kPlaces & (kPlaces - 1)) == 0);
  for (std::size_t look = 0; look < kMostLooks; ++look) {
    Entry& entry = entries_[(place + look) & (kPlaces - 1)];
    std::uint64_t held = entry.place.load(std::memory_order_relaxed);
    if (held == place) return &entry;
    if (held != 0) continue;
    if (entry.place.compare_exchange_strong(held, place, std::memory_order_relaxed) || held == place)
      return &entry;
  }
  return nullptr;
}

bool LogTurns::take_in_count(Entry& entry, std::uint64_t n, std::uint64_t& suppressed) noexcept {
  const std::uint64_t before = entry.calls.fetch_add(1, std::memory_order_relaxed);
  if (before % n != 0) return false;
  suppressed = before == 0 ? 0 : n - 1;
  return true;
}

bool LogTurns::take_in_time(Entry& entry, std::uint64_t interval, std::uint64_t now,
                            std::uint64_t& suppressed) noexcept {
  constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t next = entry.next.load(std::memory_order_relaxed);
  const std::uint64_t after = now + std::min(interval, kNever - now);
  if (now < next || !entry.next.compare_exchange_strong(next, after, std::memory_order_relaxed)) {
    entry.suppressed.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  suppressed = entry.suppressed.exchange(0, std::memory_order_relaxed);
  return true;
}

// The linker keeps one copy of a file's name.
std::uint64_t number_of(const std::source_location& place) noexcept {
  const auto file = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(place.file_name()));
  const std::uint64_t position = (std::uint64_t{place.line()} << 32U) | place.column();
  std::uint64_t number = (file * 0x9E3779B97F4A7C15U) ^ (position * 0xD6E8FEB86659FD93U);
  number ^= number >> 32U;
  return number != 0 ? number : 1;
}

}  // namespace telemetry

bool detail::is_turn(const LogLimit& limit, std::source_location place, std::uint64_t& suppressed) noexcept {
  constexpr std::int64_t kCoarse = 100'000'000;
  const auto now = [&limit] {
    return limit.nanoseconds >= kCoarse ? telemetry::coarse_nanoseconds() : base::monotonic_nanoseconds();
  };
  return telemetry::g_turns.take(telemetry::number_of(place), limit, now, suppressed);
}

}  // namespace ergon::inline v0
