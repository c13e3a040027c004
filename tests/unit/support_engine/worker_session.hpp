#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "telemetry/worker/books.hpp"
#include "telemetry/worker/worker.hpp"
#include "unit/support_engine/memory_session.hpp"

namespace ergon::telemetry::test {

/// A worker with sinks of the test's own, in place of a whole session: what a session does around its worker.
class WorkerSession {
 public:
  struct Options {
    std::size_t memory_limit{64U << 20U};
    std::chrono::nanoseconds max_block{0};  // `on_full: block` where it is more than none
    bool starts_worker{true};  // else `start_worker` does, and records wait in their rings until then
  };

  WorkerSession(std::shared_ptr<Mailbox> mailbox, WorkerOptions options, Options own)
      : mailbox_(std::move(mailbox)), options_(std::move(options)) {
    // What comes before a process's first session is that session's, and not of the tests that follow this
    // one.
    [[maybe_unused]] static const bool kHadOne = ergon::test::MemorySession().stop();
    Worker::discard_leftovers();
    options_.baseline = baseline_ = take_baseline();
    for (const PipelineOptions& pipeline : options_.pipelines) sinks_.push_back(pipeline.sink);
    g_budget.set_limit(own.memory_limit);
    g_recording.blocks_when_full = own.max_block.count() > 0;
    g_recording.max_block_nanoseconds = static_cast<std::uint64_t>(own.max_block.count());
    InstrumentRegistry::instance().configure({});
    g_recording.follows_parent = true;
    g_recording.root_threshold = kAlwaysSampled;
    ScopeRegistry::instance().set_tracers(true, {});
    ScopeRegistry::instance().set_levels({});
    g_recording.wake_descriptor = mailbox_->wake_descriptor();
    g_recording.phase = Phase::active;
    if (own.starts_worker) start_worker();
  }
  WorkerSession(std::shared_ptr<Mailbox> mailbox, WorkerOptions options)
      : WorkerSession(std::move(mailbox), std::move(options), Options()) {}
  WorkerSession(const WorkerSession&) = delete;
  WorkerSession& operator=(const WorkerSession&) = delete;
  ~WorkerSession() { stop(); }

  void start_worker() { worker_ = std::make_unique<Worker>(mailbox_, options_); }

  /// Whether everything recorded so far was settled in time.
  bool flush(std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
    return worker_->flush(true)->wait_until(Clock::now() + timeout).value_or(false);
  }
  /// The same for what the `simple` processors of the signal have.
  bool flush_simple(Signal signal, std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
    return worker_->flush_simple(signal)->wait_until(Clock::now() + timeout).value_or(false);
  }
  [[nodiscard]] std::shared_ptr<OneShot<bool>> ask_to_flush() { return worker_->flush(true); }

  [[nodiscard]] Statistics statistics() { return make_statistics(worker_->books(), baseline_); }

  /// As a session's shutdown without its flush: the books when everything has stopped.
  Statistics stop() {
    g_recording.phase = Phase::stopped;
    g_recording.blocks_when_full = false;
    g_recording.wake_descriptor = -1;
    if (worker_ == nullptr) return {};
    for (const auto& sink : sinks_) sink->stop();
    const AllBooks books = worker_->stop();
    worker_.reset();
    return make_statistics(books, baseline_);
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  WorkerOptions options_;
  Baseline baseline_{};
  std::vector<std::shared_ptr<Sink>> sinks_;
  std::unique_ptr<Worker> worker_;
};

/// A pipeline of one signal that goes when it is full or flushed.
inline PipelineOptions pipeline_to(std::shared_ptr<Sink> sink, Signal signal,
                                   std::uint64_t max_records = 512) {
  PipelineOptions options;
  options.name = "fake";
  options.signal = signal;
  options.max_records = max_records;
  options.delay = std::chrono::hours(1);
  options.sink = std::move(sink);
  return options;
}

}  // namespace ergon::telemetry::test
