#pragma once

#include <cstdint>

#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

[[nodiscard]] inline bool is_prestart() noexcept {
  return g_recording.phase.load(std::memory_order_relaxed) == Phase::prestart;
}

// The ways that end elsewhere than in the ring at once: larger records, waiting, dropping.
[[gnu::cold]] RecordHeader* prepare_record_slow(ThreadBlock& block, Signal signal,
                                                std::uint32_t size) noexcept;
[[gnu::cold]] void commit_large_record(ThreadBlock& block, Signal signal, RecordHeader* record) noexcept;

/// Room for a record of this size in the thread's ring, or on the heap when it is too large for a segment;
/// its header is filled in but for the ticks. Null when it was dropped, which has been counted.
[[nodiscard]] inline RecordHeader* prepare_record(ThreadBlock& block, Signal signal, RecordKind kind,
                                                  std::size_t size) noexcept {
  const std::uint32_t whole = padded(size);
  RecordHeader* record = nullptr;
  if (whole <= Ring::kLargestRecord) [[likely]] {
    record = reinterpret_cast<RecordHeader*>(block.ring.prepare(whole, signal, g_budget));
  }
  if (record == nullptr) [[unlikely]] {
    record = prepare_record_slow(block, signal, whole);
    if (record == nullptr) return nullptr;
  }
  record->size = whole;
  record->kind = kind;
  record->is_pointer = false;
  record->is_prestart = is_prestart();
  return record;
}

/// Hands the prepared record over to the worker.
inline void commit_record(ThreadBlock& block, Signal signal, RecordHeader* record) noexcept {
  if (record->size > Ring::kLargestRecord) [[unlikely]]
    return commit_large_record(block, signal, record);
  block.ring.commit();
  block.tally(signal).enqueued.add();
  if (block.ring.take_wake_request()) [[unlikely]]
    wake_worker();
}

/// Tells the worker that a local root has ended. Where the ring has no room for that, what waits for it stays
/// until newer logs need its memory.
[[gnu::cold]] void post_local_root_end(ThreadBlock& block, const SpanContext& root, bool has_failed) noexcept;

/// Under a `simple` processor of the signal, waits until what this thread has just recorded was exported. Not
/// on a thread of the SDK's own: it may be the one that exports.
inline void wait_for_simple_export(Signal signal) noexcept {
  if (!g_recording.waits_for_export[static_cast<std::size_t>(signal)].load(std::memory_order_relaxed))
      [[likely]]
    return;
  if (t_thread.pauses > 0) return;
  if (auto* wait = g_recording.wait_for_export.load(std::memory_order_acquire)) wait(signal);
}

/// The heap record that a pointer record stands for, or the record itself.
[[nodiscard]] inline const RecordHeader* resolve(const RecordHeader* record) noexcept {
  return record->is_pointer ? *reinterpret_cast<RecordHeader* const*>(record + 1) : record;
}

/// Frees the heap record behind a pointer record, if it is one.
void free_pointed(const RecordHeader* record) noexcept;

/// Whether records of this thread are wanted now; counts what is refused after a session's end.
[[nodiscard]] inline bool accepts_records(ThreadBlock& block, Signal signal) noexcept {
  if (g_recording.phase.load(std::memory_order_relaxed) != Phase::stopped) [[likely]]
    return true;
  block.tally(signal).drop(DropReason::already_shutdown);
  return false;
}

}  // namespace ergon::inline v0::telemetry
