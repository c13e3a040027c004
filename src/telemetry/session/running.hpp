#pragma once

#include <memory>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>

#include "telemetry/export/memory_sink.hpp"
#include "telemetry/export/user_threads.hpp"
#include "telemetry/session/own_code.hpp"
#include "telemetry/session/plan.hpp"
#include "telemetry/session/ring_dump.hpp"

namespace ergon::inline v0::telemetry {

/// The threads of a session, from its start to its stop. The worker, which refers to the others, goes
/// before them.
struct Running {
  /// Its own metrics count from the baseline on.
  Running(const TelemetryConfig& config, const RecordingPlan& recording, const RuntimeOptions& options,
          const OwnCode& own, std::shared_ptr<MemorySink> memory, const Baseline& baseline,
          bool is_forked_child);

  /// Sends everything recorded so far and ends all threads but the worker's, by the deadline. Answers whether
  /// all was sent.
  bool stop(Deadline deadline);

  std::shared_ptr<Mailbox> mailbox;
  NetworkThread network;
  FilesThread files;
  UserThreads user_threads;
  ResourceAttributes resource;
  AnnouncedRingDump ring_dump;
  Worker worker;
};

}  // namespace ergon::inline v0::telemetry
