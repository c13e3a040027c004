#include "telemetry/session/running.hpp"

#include <utility>

#include "config/environment.hpp"
#include "telemetry/session/resource.hpp"

namespace ergon::telemetry {

namespace {

WorkerOptions plan(const TelemetryConfig& config, const RecordingPlan& recording,
                   const RuntimeOptions& options, std::shared_ptr<MemorySink> memory, Running& running) {
  if (memory != nullptr) memory->answer_to(running.mailbox);
  const SinkMakers makers{running.mailbox, running.network, running.files, std::move(memory)};
  return plan_pipelines(config, recording, options, running.resource, makers);
}

RingDumpSource describe_ring_dump(const TelemetryConfig& config, const RuntimeOptions& options,
                                  const ResourceAttributes& resource) {
  const auto encode = [&](const auto& section) {
    return encode_resource(resource, section ? section->resource : ResourceAttributes{}, options);
  };
  const bool is_given = !options.crash_folder.empty();
  return {.resources = {encode(config.tracing), encode(config.logging)},
          .folder = is_given ? options.crash_folder
                             : config::environment_variable("ERGON_CRASH_FOLDER").value_or("")};
}

}  // namespace

Running::Running(const TelemetryConfig& config, const RecordingPlan& recording, const RuntimeOptions& options,
                 std::shared_ptr<MemorySink> memory, bool is_forked_child)
    : mailbox(std::make_shared<Mailbox>()),
      network(mailbox),
      files(mailbox),
      resource(make_resource(config, options, is_forked_child)),
      ring_dump(describe_ring_dump(config, options, resource)),
      worker(mailbox, plan(config, recording, options, std::move(memory), *this)) {}

}  // namespace ergon::telemetry
