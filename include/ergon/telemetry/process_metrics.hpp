#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <ergon/telemetry/observable.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0::telemetry {

/// Has each collection tell of this process, while the registration lives: `process.cpu.time`,
/// `process.memory.usage`, `process.memory.virtual`, `process.thread.count`,
/// `process.unix.file_descriptor.count`, `process.context_switches`, `process.paging.faults` and
/// `process.uptime`, as OpenTelemetry's semantic conventions v1.44.0 have them. A run of a task does so by
/// itself. In the child of a fork the values are the child's. Any thread; a value that the kernel does not
/// tell has no point. Views may drop them, as all metrics.
[[nodiscard]] ERGON_API CallbackRegistration observe_process();

}  // namespace ergon::inline v0::telemetry
#endif
