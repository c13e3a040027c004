#pragma once

#include <cstdint>
#include <string>

namespace ergon::telemetry {

/// Local time as `2026-03-14 09:26:53`: the default of text lines.
void append_local_time(std::string& out, std::uint64_t unix_nanoseconds);

/// UTC with nanoseconds as `2026-03-14T09:26:53.589793238Z` (RFC 3339): for machines.
void append_utc_time(std::string& out, std::uint64_t unix_nanoseconds);

}  // namespace ergon::telemetry
