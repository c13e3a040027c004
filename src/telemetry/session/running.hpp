#pragma once

#include <memory>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>

#include "telemetry/export/memory_sink.hpp"
#include "telemetry/session/plan.hpp"
#include "telemetry/session/ring_dump.hpp"

namespace ergon::telemetry {

/// The threads of a session, from its start to its stop. The worker, which refers to the others, goes
/// before them.
struct Running {
  Running(const TelemetryConfig& config, const RecordingPlan& recording, const RuntimeOptions& options,
          std::shared_ptr<MemorySink> memory, bool is_forked_child);

  std::shared_ptr<Mailbox> mailbox;
  NetworkThread network;
  FilesThread files;
  ResourceAttributes resource;
  AnnouncedRingDump ring_dump;
  Worker worker;
};

}  // namespace ergon::telemetry
