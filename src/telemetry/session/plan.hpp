#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>

#include "telemetry/export/files_thread.hpp"
#include "telemetry/export/memory_sink.hpp"
#include "telemetry/export/network_thread.hpp"
#include "telemetry/export/user_threads.hpp"
#include "telemetry/sampling/make_sampler.hpp"
#include "telemetry/session/own_code.hpp"
#include "telemetry/worker/worker.hpp"

namespace ergon::telemetry {

/// What the configuration asks for that is not the worker's: how recording threads behave.
struct RecordingPlan {
  Level level{Level::off};
  bool records_spans{false};
  bool records_metrics{false};
  std::array<bool, kSignals> waits_for_export{};  // by a `simple` processor
  std::chrono::milliseconds longest_wait{0};      // for that
  std::optional<PlainSampling> plain_sampling{};  // in place of the sampler, where it has such a form
  std::shared_ptr<const SpanSampler> sampler;
  std::optional<KeepOptions> keep{};
  SpanCapacity capacity{};
  TracerConfigurator tracers{};
};

/// The threads and inboxes that sinks are made of.
struct SinkMakers {
  std::shared_ptr<ResultInbox> results;
  NetworkThread& network;
  FilesThread& files;
  UserThreads& user_threads;
  const OwnCode& own;                  // what it holds goes to those
  std::shared_ptr<MemorySink> memory;  // when set, it is every pipeline's only sink
};

[[nodiscard]] RecordingPlan plan_recording(const TelemetryConfig& config);
/// The same; says in the errors why a sampler can't be made.
[[nodiscard]] RecordingPlan plan_recording(const TelemetryConfig& config, std::vector<std::string>& errors);
[[nodiscard]] WorkerOptions plan_pipelines(const TelemetryConfig& config, const RecordingPlan& recording,
                                           const RuntimeOptions& options, const ResourceAttributes& resource,
                                           const SinkMakers& makers);

/// With no section at all, logs go to the console and nothing else is on.
[[nodiscard]] TelemetryConfig with_defaults(TelemetryConfig config);

}  // namespace ergon::telemetry
