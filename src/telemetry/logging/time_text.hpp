#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace ergon::inline v0::telemetry {

/// Local time as `2026-03-14 09:26:53`: the default of text lines. Takes the C library's lock on the time
/// zone at most once in a quarter of an hour of log time, so a change of TZ shows after that at the latest.
void append_local_time(std::string& out, std::uint64_t unix_nanoseconds);

/// UTC with nanoseconds as `2026-03-14T09:26:53.589793238Z` (RFC 3339): for machines. Takes no lock, and
/// makes anew what changes from the last time. One thread.
class UtcTimeText {
 public:
  void append(std::string& out, std::uint64_t unix_nanoseconds);

 private:
  std::int64_t second_{-1};
  std::string text_{};
};

/// The parts of a time, local or UTC, with its zone.
[[nodiscard]] std::tm time_parts(std::int64_t unix_seconds, bool is_utc);
/// The time that is `days` local midnights after the last one before, or at, this time: as much as 25 hours
/// for one day where clocks are put back. A midnight that is left out is the first moment of its day.
[[nodiscard]] std::int64_t local_midnight_after(std::int64_t unix_seconds, int days);
/// What strftime makes of the format, whose `%Z` and `%z` are of the parts' zone.
void append_time(std::string& out, const char* format, const std::tm& parts);

// Around a fork: no thread of ours is inside the C library's lock on the time zone, which a child could never
// release. `unlock` in both, parent and child.
void lock_time_zone_for_fork();
void unlock_time_zone_after_fork();

}  // namespace ergon::inline v0::telemetry
