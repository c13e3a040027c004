#include "telemetry/record/enqueue.hpp"

#include <cstdlib>

#include "base/ticks.hpp"
#include "telemetry/record/records.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::uint32_t kPointerRecord = padded(sizeof(RecordHeader) + sizeof(RecordHeader*));

DropReason full_reason() noexcept {
  return is_prestart() ? DropReason::prestart_full : DropReason::queue_full;
}

// Room in the ring, or null. Under `on_full: block` the worker is called, and the attempt repeated every 50
// us until the deadline or the session's end.
template <class Attempt>
auto get_room(ThreadBlock& block, Attempt attempt) noexcept {
  auto room = attempt();
  if (room != nullptr || !g_recording.blocks_when_full.load(std::memory_order_relaxed)) return room;
  const std::uint64_t deadline =
      base::monotonic_nanoseconds() + g_recording.max_block_nanoseconds.load(std::memory_order_relaxed);
  wake_worker();
  while (room == nullptr && base::monotonic_nanoseconds() < deadline) {
    const timespec pause{0, 50'000};
    nanosleep(&pause, nullptr);
    if (g_recording.phase.load(std::memory_order_relaxed) != Phase::active) break;
    room = attempt();
    if (block.ring.take_wake_request()) wake_worker();
  }
  return room;
}

RecordHeader* refuse(ThreadBlock& block, Signal signal, DropReason reason) noexcept {
  block.tally(signal).drop(reason);
  if (block.ring.take_wake_request()) wake_worker();
  return nullptr;
}

void free_large(RecordHeader* record, Signal signal, std::size_t size) noexcept {
  g_budget.give_back_of_ring(signal, size);
  std::free(record);
}

// Of the rings' share, as it waits in one.
RecordHeader* make_large(Signal signal, std::uint32_t size) noexcept {
  if (size > g_budget.room_to_grow(signal) || !g_budget.try_take_for_ring(signal, size)) return nullptr;
  auto* record = static_cast<RecordHeader*>(std::aligned_alloc(alignof(std::max_align_t), size));
  if (record == nullptr) free_large(record, signal, size);
  return record;
}

}  // namespace

RecordHeader* prepare_record_slow(ThreadBlock& block, Signal signal, std::uint32_t size) noexcept {
  RecordHeader* record = get_room(block, [&] {
    return size > Ring::kLargestRecord
               ? make_large(signal, size)
               : reinterpret_cast<RecordHeader*>(block.ring.prepare(size, signal, g_budget));
  });
  return record != nullptr ? record : refuse(block, signal, full_reason());
}

// A large record lies on the heap; the ring gets a header with its address.
void commit_large_record(ThreadBlock& block, Signal signal, RecordHeader* record) noexcept {
  std::byte* place = get_room(block, [&] { return block.ring.prepare(kPointerRecord, signal, g_budget); });
  if (place == nullptr) {
    free_large(record, signal, record->size);
    refuse(block, signal, full_reason());
    return;
  }
  auto* pointer = reinterpret_cast<RecordHeader*>(place);
  *pointer = *record;
  pointer->size = kPointerRecord;
  pointer->is_pointer = true;
  *reinterpret_cast<RecordHeader**>(pointer + 1) = record;
  block.ring.commit();
  block.tally(signal).enqueued.add();
  if (block.ring.take_wake_request()) wake_worker();
}

void post_local_root_end(ThreadBlock& block, const SpanContext& root, bool has_failed) noexcept {
  if (g_recording.phase.load(std::memory_order_relaxed) != Phase::active) return;
  constexpr std::uint32_t kSize = padded(sizeof(LocalRootEnd));
  auto* end = reinterpret_cast<LocalRootEnd*>(block.ring.prepare(kSize, Signal::logs, g_budget));
  if (end == nullptr) return;
  const base::TickSource source = base::tick_source();  // once: it may change between two looks
  end->header = {.size = kSize,
                 .kind = RecordKind::local_root_end,
                 .is_pointer = false,
                 .tick_source = static_cast<std::uint8_t>(source),
                 .is_prestart = false,
                 .ticks = base::read_ticks(source)};
  end->trace_id = root.trace_id;
  end->local_root = root.local_root;
  end->has_failed = has_failed;
  block.ring.commit();
  if (block.ring.take_wake_request()) wake_worker();
}

void free_pointed(const RecordHeader* record) noexcept {
  if (!record->is_pointer) return;
  auto* pointed = *reinterpret_cast<RecordHeader* const*>(record + 1);
  free_large(pointed, signal_of(pointed->kind), pointed->size);
}

}  // namespace ergon::inline v0::telemetry
