#pragma once

#include <memory>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>

#include "telemetry/export/memory_sink.hpp"
#include "telemetry/session/plan.hpp"

namespace ergon::telemetry {

/// The threads of a session, from its start to its stop. The worker, which refers to the others, goes first.
struct Running {
  Running(const TelemetryConfig& config, const RecordingPlan& recording, const RuntimeOptions& options,
          std::shared_ptr<MemorySink> memory, bool is_forked_child);

  std::shared_ptr<Mailbox> mailbox;
  NetworkThread network;
  FilesThread files;
  Worker worker;
};

}  // namespace ergon::telemetry
