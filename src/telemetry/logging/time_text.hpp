#pragma once

#include <cstdint>
#include <string>

namespace ergon::telemetry {

/// Local time as `2026-03-14 09:26:53`: the default of text lines. Takes the C library's lock on the time
/// zone at most once in a quarter of an hour of log time, so a change of TZ shows after that at the latest.
void append_local_time(std::string& out, std::uint64_t unix_nanoseconds);

/// UTC with nanoseconds as `2026-03-14T09:26:53.589793238Z` (RFC 3339): for machines. Takes no lock.
void append_utc_time(std::string& out, std::uint64_t unix_nanoseconds);

// Around a fork: no thread of ours is inside the C library's lock on the time zone, which a child could never
// release. `unlock` in both, parent and child.
void lock_time_zone_for_fork();
void unlock_time_zone_after_fork();

}  // namespace ergon::telemetry
