#include "telemetry/session/running.hpp"

#include <utility>

#include "telemetry/session/resource.hpp"

namespace ergon::telemetry {

namespace {

WorkerOptions plan(const TelemetryConfig& config, const RecordingPlan& recording,
                   const RuntimeOptions& options, std::shared_ptr<MemorySink> memory, bool is_forked_child,
                   Running& running) {
  if (memory != nullptr) memory->answer_to(running.mailbox);
  const SinkMakers makers{running.mailbox, running.network, running.files, std::move(memory)};
  return plan_pipelines(config, recording, options, make_resource(config, options, is_forked_child), makers);
}

}  // namespace

Running::Running(const TelemetryConfig& config, const RecordingPlan& recording, const RuntimeOptions& options,
                 std::shared_ptr<MemorySink> memory, bool is_forked_child)
    : mailbox(std::make_shared<Mailbox>()),
      network(mailbox),
      files(mailbox),
      worker(mailbox, plan(config, recording, options, std::move(memory), is_forked_child, *this)) {}

}  // namespace ergon::telemetry
