#pragma once

namespace ergon::inline v0::telemetry {

/// From now on a crashing thread has the worker send what was recorded, for at most a second; the worker, if
/// it is the one, leaves what the rings hold in a file. Then the signal takes its course, with whoever
/// handled it before. Once per process; later calls do nothing.
void install_crash_handler();

}  // namespace ergon::inline v0::telemetry
