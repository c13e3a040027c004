#include "telemetry/record/enqueue.hpp"

#include <cstdlib>

#include "base/ticks.hpp"

namespace ergon::telemetry {

namespace {

constexpr std::uint32_t kPointerRecord = sizeof(RecordHeader) + sizeof(RecordHeader*);

bool is_prestart() noexcept { return g_recording.phase.load(std::memory_order_relaxed) == Phase::prestart; }

DropReason full_reason() noexcept { return is_prestart() ? DropReason::prestart_full : DropReason::queue_full; }

// `on_full: block`: the worker is awake and drains; look again every 50 us until the deadline.
[[gnu::cold, gnu::noinline]] std::byte* prepare_blocking(ThreadBlock& block, std::uint32_t size,
                                                         Signal signal) noexcept {
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

[[gnu::cold, gnu::noinline]] RecordHeader* refuse(ThreadBlock& block, Signal signal, DropReason reason) noexcept {
  block.tally(signal).drop(reason);
  if (block.ring.take_wake_request()) wake_worker();
  return nullptr;
}

std::byte* prepare_in_ring(ThreadBlock& block, std::uint32_t size, Signal signal) noexcept {
  std::byte* place = block.ring.prepare(size, signal, g_budget);
  if (place == nullptr && g_recording.blocks_when_full.load(std::memory_order_relaxed)) [[unlikely]] {
    place = prepare_blocking(block, size, signal);
  }
  return place;
}

[[gnu::cold, gnu::noinline]] RecordHeader* prepare_on_heap(ThreadBlock& block, Signal signal, RecordKind kind,
                                                           std::uint32_t size) noexcept {
  if (!g_budget.try_take(signal, size)) return refuse(block, signal, full_reason());
  auto* record = static_cast<RecordHeader*>(std::malloc(size));
  if (record == nullptr) {
    g_budget.give_back(signal, size);
    return refuse(block, signal, full_reason());
  }
  record->size = size;
  record->kind = kind;
  record->is_pointer = false;
  record->is_prestart = is_prestart();
  return record;
}

Signal signal_of(RecordKind kind) noexcept { return kind == RecordKind::log ? Signal::logs : Signal::spans; }

// A large record lies on the heap; the ring gets a header with its address.
[[gnu::cold, gnu::noinline]] void commit_pointer(ThreadBlock& block, Signal signal, RecordHeader* record) noexcept {
  auto* pointer = reinterpret_cast<RecordHeader*>(prepare_in_ring(block, kPointerRecord, signal));
  if (pointer == nullptr) {
    g_budget.give_back(signal, record->size);
    std::free(record);
    refuse(block, signal, full_reason());
    return;
  }
  *pointer = *record;
  pointer->size = kPointerRecord;
  pointer->is_pointer = true;
  *reinterpret_cast<RecordHeader**>(pointer + 1) = record;
  block.ring.commit();
  block.tally(signal).enqueued.add();
}

}  // namespace

RecordHeader* prepare_record(ThreadBlock& block, Signal signal, RecordKind kind, std::size_t size) noexcept {
  const std::uint32_t whole = padded(size);
  if (whole > Ring::kLargestRecord) [[unlikely]] return prepare_on_heap(block, signal, kind, whole);
  auto* record = reinterpret_cast<RecordHeader*>(prepare_in_ring(block, whole, signal));
  if (record == nullptr) [[unlikely]] return refuse(block, signal, full_reason());
  record->size = whole;
  record->kind = kind;
  record->is_pointer = false;
  record->is_prestart = is_prestart();
  return record;
}

void commit_record(ThreadBlock& block, Signal signal, RecordHeader* record) noexcept {
  if (record->size > Ring::kLargestRecord) [[unlikely]] {
    commit_pointer(block, signal, record);
  } else {
    block.ring.commit();
    block.tally(signal).enqueued.add();
  }
  if (block.ring.take_wake_request()) [[unlikely]] wake_worker();
}

void free_pointed(const RecordHeader* record) noexcept {
  if (!record->is_pointer) return;
  auto* pointed = *reinterpret_cast<RecordHeader* const*>(record + 1);
  g_budget.give_back(signal_of(pointed->kind), pointed->size);
  std::free(pointed);
}

bool accepts_records(ThreadBlock& block, Signal signal) noexcept {
  if (g_recording.phase.load(std::memory_order_relaxed) != Phase::stopped) [[likely]] return true;
  block.tally(signal).drop(DropReason::already_shutdown);
  return false;
}

}  // namespace ergon::telemetry
