#include "telemetry/session/running.hpp"

#include <unistd.h>

#include <utility>

#include "telemetry/session/resource.hpp"

namespace ergon::telemetry {

namespace {

WorkerOptions plan(const TelemetryConfig& config, const RecordingPlan& recording,
                   const RuntimeOptions& options, std::shared_ptr<MemorySink> memory, Running& running) {
  if (memory != nullptr) memory->answer_to(running.mailbox);
  const SinkMakers makers{running.mailbox, running.network, running.files, std::move(memory)};
  return plan_pipelines(config, recording, options, running.resource, makers);
}

}  // namespace

Running::Running(const TelemetryConfig& config, const RecordingPlan& recording, const RuntimeOptions& options,
                 std::shared_ptr<MemorySink> memory, bool is_forked_child)
    : mailbox(std::make_shared<Mailbox>()),
      network(mailbox),
      files(mailbox),
      resource(make_resource(config, options, is_forked_child)),
      worker(mailbox, plan(config, recording, options, std::move(memory), *this)),
      ring_dump{.process = getpid(),
                .worker = worker.thread(),
                .clock = &worker.wall_clock(),
                .resource = encode_resource(resource, {}, options),
                .folder = options.crash_folder} {
  announce_ring_dump(&ring_dump);
}

Running::~Running() { announce_ring_dump(nullptr); }

}  // namespace ergon::telemetry
