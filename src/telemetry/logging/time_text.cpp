#include "telemetry/logging/time_text.hpp"

#include <time.h>

#include <chrono>
#include <mutex>

namespace ergon::inline v0::telemetry {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::uint64_t kSecond = 1'000'000'000;

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

void append_digits(std::string& out, std::uint64_t number, unsigned digits) {
  char text[20];
  for (unsigned i = digits; i-- > 0; number /= 10) text[i] = static_cast<char>('0' + number % 10);
  out.append(text, digits);
}

void append_parts(std::string& out, sys_seconds time, char between) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  const auto append = [&out](auto number, unsigned digits, char before) {
    if (before != '\0') out.push_back(before);
    append_digits(out, static_cast<std::uint64_t>(number), digits);
  };
  append(int(date.year()), 4, '\0');
  append(unsigned(date.month()), 2, '-');
  append(unsigned(date.day()), 2, '-');
  append(clock.hours().count(), 2, between);
  append(clock.minutes().count(), 2, ':');
  append(clock.seconds().count(), 2, ':');
}

}  // namespace

void append_local_time(std::string& out, std::uint64_t unix_nanoseconds) {
  const seconds since_epoch(unix_nanoseconds / 1'000'000'000U);
  append_parts(out, sys_seconds(since_epoch + offset_at(since_epoch.count())), ' ');
}

void UtcTimeText::append(std::string& out, std::uint64_t unix_nanoseconds) {
  const auto second = static_cast<std::int64_t>(unix_nanoseconds / kSecond);
  if (second != second_) {
    text_.clear();
    append_parts(text_, sys_seconds(seconds(second)), 'T');
    text_.append(".000000000Z");
    second_ = second;
  }
  std::uint64_t fraction = unix_nanoseconds % kSecond;
  for (std::size_t at = text_.size() - 2; text_[at] != '.'; --at, fraction /= 10)
    text_[at] = static_cast<char>('0' + fraction % 10);
  out.append(text_);
}

std::tm time_parts(std::int64_t unix_seconds, bool is_utc) {
  const auto time = static_cast<time_t>(unix_seconds);
  std::tm parts{};
  const std::lock_guard guard(g_time_zone);
  is_utc ? gmtime_r(&time, &parts) : localtime_r(&time, &parts);
  return parts;
}

std::int64_t local_midnight_after(std::int64_t unix_seconds, int days) {
  const auto time = static_cast<time_t>(unix_seconds);
  std::tm parts{};
  const std::lock_guard guard(g_time_zone);
  localtime_r(&time, &parts);
  parts.tm_mday += days;
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  parts.tm_isdst = -1;
  return mktime(&parts);
}

void append_time(std::string& out, const char* format, const std::tm& parts) {
  char text[256];
  const std::lock_guard guard(g_time_zone);  // strftime looks at the zone
  out.append(text, strftime(text, sizeof text, format, &parts));
}

void lock_time_zone_for_fork() { g_time_zone.lock(); }
void unlock_time_zone_after_fork() { g_time_zone.unlock(); }

}  // namespace ergon::inline v0::telemetry
