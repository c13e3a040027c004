#pragma once

#include <array>
#include <string>

#include "base/ticks.hpp"

namespace ergon::inline v0::telemetry {

/// What a reader of the rings has to know beside their records.
struct RingDumpSource {
  std::array<std::string, 2> resources;  // OTLP's Resource messages, of spans and of logs
  std::string folder;                    // where the file goes; empty: the working directory
  bool has_log_sources{false};           // log records say where in the program they were made
};

/// Makes the source known to the crash handler for its life, which is longer than the worker's.
class AnnouncedRingDump {
 public:
  explicit AnnouncedRingDump(RingDumpSource source) noexcept;
  AnnouncedRingDump(const AnnouncedRingDump&) = delete;
  AnnouncedRingDump& operator=(const AnnouncedRingDump&) = delete;
  ~AnnouncedRingDump();

 private:
  const RingDumpSource source_;
};

/// On the worker's thread, writes what no worker will drain into `ergon-rings.<pid>` (mode 0600; `.1` … `.99`
/// follow where such a file is), says so on standard error, and answers true. Once in a process. Safe in a
/// signal handler.
bool dump_rings_of_crashed_worker() noexcept;

/// Whether another thread is at it.
[[nodiscard]] bool are_rings_being_dumped() noexcept;

/// In a signal handler: if the fault is one of the dump's own, does not return: the dump goes on behind the
/// record that it could not read.
void leave_faulty_memory_alone() noexcept;

/// Writes the records of all rings, on the thread that drains them; answers whether all could be read and
/// written.
[[nodiscard]] bool write_rings(int descriptor, const RingDumpSource& source,
                               const base::WallClock& clock) noexcept;

}  // namespace ergon::inline v0::telemetry
