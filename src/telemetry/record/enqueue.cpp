#include "telemetry/record/enqueue.hpp"

#include <cstdlib>

#include "base/ticks.hpp"

namespace ergon::telemetry {

namespace {

constexpr std::uint32_t kPointerRecord = padded(sizeof(RecordHeader) + sizeof(RecordHeader*));

DropReason full_reason() noexcept {
  return is_prestart() ? DropReason::prestart_full : DropReason::queue_full;
}

// `on_full: block`: the worker is awake and drains; look again every 50 us until the deadline.
std::byte* prepare_blocking(ThreadBlock& block, std::uint32_t size, Signal signal) noexcept {
  if (g_recording.phase.load(std::memory_order_relaxed) != Phase::active) return nullptr;
  const std::uint64_t deadline =
      base::monotonic_nanoseconds() + g_recording.max_block_nanoseconds.load(std::memory_order_relaxed);
  do {
    wake_worker();
    const timespec pause{0, 50'000};
    nanosleep(&pause, nullptr);
    if (std::byte* place = block.ring.prepare(size, signal, g_budget)) return place;
  } while (base::monotonic_nanoseconds() < deadline);
  return nullptr;
}

RecordHeader* refuse(ThreadBlock& block, Signal signal, DropReason reason) noexcept {
  block.tally(signal).drop(reason);
  if (block.ring.take_wake_request()) wake_worker();
  return nullptr;
}

RecordHeader* prepare_on_heap(ThreadBlock& block, Signal signal, std::uint32_t size) noexcept {
  if (!g_budget.try_take(signal, size)) return refuse(block, signal, full_reason());
  auto* record = static_cast<RecordHeader*>(std::aligned_alloc(alignof(std::max_align_t), size));
  if (record != nullptr) return record;
  g_budget.give_back(signal, size);
  return refuse(block, signal, full_reason());
}

Signal signal_of(RecordKind kind) noexcept { return kind == RecordKind::log ? Signal::logs : Signal::spans; }

}  // namespace

RecordHeader* prepare_record_slow(ThreadBlock& block, Signal signal, std::uint32_t size) noexcept {
  if (size > Ring::kLargestRecord) return prepare_on_heap(block, signal, size);
  std::byte* place = nullptr;
  if (g_recording.blocks_when_full.load(std::memory_order_relaxed))
    place = prepare_blocking(block, size, signal);
  return place != nullptr ? reinterpret_cast<RecordHeader*>(place) : refuse(block, signal, full_reason());
}

// A large record lies on the heap; the ring gets a header with its address.
void commit_large_record(ThreadBlock& block, Signal signal, RecordHeader* record) noexcept {
  std::byte* place = block.ring.prepare(kPointerRecord, signal, g_budget);
  if (place == nullptr && g_recording.blocks_when_full.load(std::memory_order_relaxed)) {
    place = prepare_blocking(block, kPointerRecord, signal);
  }
  if (place == nullptr) {
    g_budget.give_back(signal, record->size);
    std::free(record);
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

void free_pointed(const RecordHeader* record) noexcept {
  if (!record->is_pointer) return;
  auto* pointed = *reinterpret_cast<RecordHeader* const*>(record + 1);
  g_budget.give_back(signal_of(pointed->kind), pointed->size);
  std::free(pointed);
}

}  // namespace ergon::telemetry
