#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <ergon/config/metrics_config.hpp>
#include <ergon/extend/id_generator.hpp>
#include <ergon/extend/sampler.hpp>
#include <ergon/extend/span_processor.hpp>

#include "telemetry/buffer/memory_budget.hpp"
#include "telemetry/record/attribute_limits.hpp"

namespace ergon::inline v0::telemetry {

enum class Phase : std::uint8_t {
  prestart,  // no session yet: records are kept, within kPrestartBytes
  active,
  stopped,  // after a session: records are counted as already_shutdown
};

/// A crashed thread's request that everything recorded be sent before the process dies.
enum class CrashFlush : std::uint8_t { none, wanted, under_way, done };

/// No thread's: metrics are off.
inline constexpr std::uint32_t kMetricsOff = UINT32_MAX;
inline constexpr std::size_t kPrestartBytes = 256U << 10U;
inline constexpr std::uint64_t kAlwaysSampled = 0;
inline constexpr std::uint64_t kNeverSampled = std::uint64_t{1} << 56U;

/// What a span may hold (specification: trace/sdk.md#span-limits).
struct SpanCapacity {
  AttributeLimits attributes{};
  AttributeLimits event_attributes{};
  AttributeLimits link_attributes{};
  std::uint16_t events{128};
  std::uint16_t links{128};
};

/// Those of the program's own, in the order of the configuration.
using SpanProcessors = std::vector<std::shared_ptr<SpanProcessor>>;

/// What every recording thread reads and the session writes. A few cache lines that hardly ever change; all
/// loads are relaxed: a record at the edge of a change may follow either state.
struct alignas(64) RecordingState {
  std::atomic<Phase> phase{Phase::prestart};
  std::atomic<bool> follows_parent{true};  // parent_based
  // Whether a `simple` processor of the signal exists.
  std::array<std::atomic<bool>, kSignals> waits_for_export{};
  std::atomic<bool> blocks_when_full{false};
  std::atomic<bool> replays_logs{false};  // the worker is to know when local roots end
  std::atomic<ExemplarFilter> exemplar_filter{ExemplarFilter::trace_based};
  std::atomic<int> wake_descriptor{-1};  // the worker's eventfd
  // A crashed thread wants it, the worker does the rest; acquire and release, as the thread waits for it.
  std::atomic<CrashFlush> crash_flush{CrashFlush::none};
  std::atomic<std::uint32_t> fork_generation{0};
  // Of the plan that says where measurements go.
  std::atomic<std::uint32_t> metrics_generation{1};
  // A trace is sampled if the low 56 bits of its id are at or above this (otel: probability sampler's R >=
  // T).
  std::atomic<std::uint64_t> root_threshold{kAlwaysSampled};
  // Where those two do not say it all: whom to ask. Published with release, and alive for ever.
  std::atomic<const SpanSampler*> sampler{nullptr};
  std::atomic<AttributeLimits> span_attributes{};
  // Seldom read: here begins the second line.
  std::atomic<std::uint64_t> max_block_nanoseconds{0};
  // Looked for only where a sampler is asked, and at the end of spans that they have seen start: a session
  // with processors has a sampler above. Published with release, and alive for ever.
  std::atomic<const SpanProcessors*> processors{nullptr};
  // Instead of random ids, looked for as those are.
  std::atomic<IdGenerator*> id_generator{nullptr};
  // Session's: called when a thread takes its ring (starts the pipeline of a forked child), and by what is
  // recorded under a `simple` processor. Null while there is no session.
  std::atomic<void (*)()> on_thread_joined{nullptr};
  std::atomic<void (*)(Signal)> wait_for_export{nullptr};
  std::atomic<AttributeLimits> event_attributes{};
  std::atomic<AttributeLimits> link_attributes{};
  std::atomic<AttributeLimits> log_attributes{};
  std::atomic<std::uint16_t> event_limit{SpanCapacity{}.events};
  std::atomic<std::uint16_t> link_limit{SpanCapacity{}.links};
};
static_assert(std::atomic<AttributeLimits>::is_always_lock_free);

extern constinit RecordingState g_recording;
extern constinit MemoryBudget g_budget;

/// Wakes the worker; safe on any thread and in a signal handler.
[[gnu::cold]] void wake_worker() noexcept;

}  // namespace ergon::inline v0::telemetry
