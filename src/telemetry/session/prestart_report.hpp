#pragma once

namespace ergon::inline v0::telemetry {

/// At exit of a process that never started a session: writes the warnings and worse that were kept to stderr,
/// and says how many records were not sent anywhere. Does nothing once a session took them.
void report_prestart_records() noexcept;

}  // namespace ergon::inline v0::telemetry
