#include "telemetry/logging/time_text.hpp"

#include <fmt/format.h>
#include <time.h>

#include <chrono>
#include <iterator>
#include <mutex>

namespace ergon::telemetry {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constinit std::mutex g_time_zone;

// Zones change their offset at whole quarters of an hour.
struct Offset {
  std::int64_t quarter{-1};
  seconds to_utc{0};
};

seconds offset_at(std::int64_t unix_seconds) {
  constexpr std::int64_t kQuarter = std::int64_t{15} * 60;
  static Offset last;  // guarded by g_time_zone
  const std::lock_guard guard(g_time_zone);
  if (unix_seconds / kQuarter != last.quarter) {
    const auto time = static_cast<time_t>(unix_seconds);
    tm parts{};
    localtime_r(&time, &parts);
    last = {unix_seconds / kQuarter, seconds(parts.tm_gmtoff)};
  }
  return last.to_utc;
}

void append_parts(std::string& out, sys_seconds time, char between) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", int(date.year()),
                 unsigned(date.month()), unsigned(date.day()), between, clock.hours().count(),
                 clock.minutes().count(), clock.seconds().count());
}

}  // namespace

void append_local_time(std::string& out, std::uint64_t unix_nanoseconds) {
  const seconds since_epoch(unix_nanoseconds / 1'000'000'000U);
  append_parts(out, sys_seconds(since_epoch + offset_at(since_epoch.count())), ' ');
}

void append_utc_time(std::string& out, std::uint64_t unix_nanoseconds) {
  append_parts(out, sys_seconds(seconds(unix_nanoseconds / 1'000'000'000U)), 'T');
  fmt::format_to(std::back_inserter(out), ".{:09}Z", unix_nanoseconds % 1'000'000'000U);
}

void lock_time_zone_for_fork() { g_time_zone.lock(); }
void unlock_time_zone_after_fork() { g_time_zone.unlock(); }

}  // namespace ergon::telemetry
