#pragma once

namespace ergon::inline v0::telemetry {

/// From now on SIGTERM and SIGINT have what was recorded sent: where the signal would end the process the
/// session is shut down first, within its `shutdown_timeout`; where the program handles it, its handler is
/// called at once, and the session is flushed. Ignored signals stay so. Once per process; later calls do
/// nothing. Throws std::system_error where the system has no descriptor or thread left.
void install_stop_handler();

}  // namespace ergon::inline v0::telemetry
