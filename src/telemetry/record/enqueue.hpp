#pragma once

#include <cstdint>

#include "telemetry/record/thread_block.hpp"

namespace ergon::telemetry {

/// Room for a record of this size in the thread's ring, or on the heap when it is too large for a segment; its
/// header is filled in but for the ticks. Null when it was dropped, which has been counted.
[[nodiscard]] RecordHeader* prepare_record(ThreadBlock& block, Signal signal, RecordKind kind,
                                           std::size_t size) noexcept;

/// Hands the prepared record over to the worker.
void commit_record(ThreadBlock& block, Signal signal, RecordHeader* record) noexcept;

/// The heap record that a pointer record stands for, or the record itself.
[[nodiscard]] inline const RecordHeader* resolve(const RecordHeader* record) noexcept {
  return record->is_pointer ? *reinterpret_cast<RecordHeader* const*>(record + 1) : record;
}

/// Frees the heap record behind a pointer record, if it is one.
void free_pointed(const RecordHeader* record) noexcept;

/// Whether records of this thread are wanted now; counts what is refused after a session's end.
[[nodiscard]] bool accepts_records(ThreadBlock& block, Signal signal) noexcept;

}  // namespace ergon::telemetry
