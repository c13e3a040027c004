#pragma once

#include <memory>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>

#include "telemetry/export/files_thread.hpp"
#include "telemetry/export/memory_sink.hpp"
#include "telemetry/export/network_thread.hpp"
#include "telemetry/export/user_threads.hpp"
#include "telemetry/session/own_code.hpp"
#include "telemetry/session/recording_plan.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::inline v0::telemetry {

/// The threads and inboxes that sinks are made of.
struct SinkMakers {
  std::shared_ptr<ResultInbox> results;
  NetworkThread& network;
  FilesThread& files;
  UserThreads& user_threads;
  const OwnCode& own;                  // what it holds goes to those
  std::shared_ptr<MemorySink> memory;  // when set, it is every pipeline's only sink
  bool is_forked_child{false};
};

[[nodiscard]] WorkerOptions plan_pipelines(const TelemetryConfig& config, const RecordingPlan& recording,
                                           const RuntimeOptions& options, const ResourceAttributes& resource,
                                           const SinkMakers& makers);

/// What a configuration says of delivery in place of the options.
[[nodiscard]] RuntimeOptions with_delivery(RuntimeOptions options, const DeliveryConfig& delivery);

/// With no section at all, logs go to the console and nothing else is on.
[[nodiscard]] TelemetryConfig with_defaults(TelemetryConfig config);

}  // namespace ergon::inline v0::telemetry
