#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <string>

#include "base/ticks.hpp"

namespace ergon::telemetry {

/// Whose crash leaves the rings' records to nobody, and what a reader of them has to know.
struct RingDumpSource {
  pid_t process;
  pthread_t worker;
  const base::WallClock* clock;  // the worker's
  std::string resource;          // OTLP's Resource message
  std::string folder;            // where the file goes; empty: the working directory
};

/// The session's worker, from now on; null: there is none. The source outlives the worker.
void announce_ring_dump(const RingDumpSource* source) noexcept;

/// On the thread of the announced worker, writes what no worker will drain into
/// `ergon-rings.<pid>` (mode 0600; an existing file is left alone), says so on standard error, and answers
/// true. Safe in a signal handler.
bool dump_rings_of_crashed_worker() noexcept;

/// Writes the records of all rings, on the thread that drains them; answers whether all could be written.
[[nodiscard]] bool write_rings(int descriptor, const RingDumpSource& source) noexcept;

}  // namespace ergon::telemetry
