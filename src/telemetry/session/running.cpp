#include "telemetry/session/running.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "config/environment.hpp"
#include "telemetry/session/resource.hpp"

namespace ergon::inline v0::telemetry {

namespace {

WorkerOptions plan(const TelemetryConfig& config, const RecordingPlan& recording,
                   const RuntimeOptions& options, const OwnCode& own, std::shared_ptr<MemorySink> memory,
                   Running& running, bool is_forked_child) {
  if (memory != nullptr) memory->answer_to(running.mailbox);
  const SinkMakers makers{running.mailbox,   running.network, running.files, running.user_threads, own,
                          std::move(memory), is_forked_child};
  WorkerOptions planned = plan_pipelines(config, recording, options, running.resource, makers);
  running.network.share_memory_among(planned.pipelines.size());
  return planned;
}

WorkerOptions counting_from(const Baseline& baseline, WorkerOptions options) {
  options.baseline = baseline;
  return options;
}

RingDumpSource describe_ring_dump(const TelemetryConfig& config, const RuntimeOptions& options,
                                  const ResourceAttributes& resource) {
  const auto encode = [&](const auto& section) {
    return encode_resource(resource, section ? section->resource.attributes : ResourceAttributes{}, options);
  };
  const bool is_given = !options.crash_folder.empty();
  return {.resources = {encode(config.tracing), encode(config.logging)},
          .folder = is_given ? options.crash_folder
                             : config::environment_variable("ERGON_CRASH_FOLDER").value_or(""),
          .has_log_sources = config.logging && config.logging->source};
}

// Of what remains until a deadline, at most this much, and a quarter, is for the program's own code to finish
// in after a flush that found no end.
constexpr std::chrono::milliseconds kLongestReserve{1'000};

Deadline before(Deadline deadline) {
  const auto remains = std::max(Deadline::duration::zero(), deadline - Deadline::clock::now());
  return deadline - std::min<Deadline::duration>(remains / 4, kLongestReserve);
}

}  // namespace

bool Running::stop(Deadline deadline) {
  const Deadline flush_deadline = user_threads.is_empty() ? deadline : before(deadline);
  const bool is_settled = worker.last_flush()->wait_until(flush_deadline).value_or(false);
  const bool are_flushed = user_threads.stop(deadline);
  network.stop();
  files.stop();
  return is_settled && are_flushed;
}

Running::Running(const TelemetryConfig& config, const RecordingPlan& recording, const RuntimeOptions& options,
                 const OwnCode& own, std::shared_ptr<MemorySink> memory, const Baseline& baseline,
                 bool is_forked_child)
    : mailbox(std::make_shared<Mailbox>()),
      network(mailbox),
      files(mailbox),
      user_threads(mailbox),
      resource(make_resource(config, options, is_forked_child)),
      ring_dump(describe_ring_dump(config, options, resource)),
      worker(mailbox, counting_from(baseline, plan(config, recording, options, own, std::move(memory), *this,
                                                   is_forked_child))) {}

}  // namespace ergon::inline v0::telemetry
