#include "telemetry/buffer/ring.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <new>

namespace ergon::inline v0::telemetry {

namespace {

constexpr std::uint32_t kAhead = 4'096;  // bytes that are fetched into the cache before their turn

// The processor does not see by itself that records follow each other: where the next one is stands in the
// one before, so each would be waited for in full.
void fetch_ahead(const std::byte* data, std::uint32_t capacity, std::uint32_t position,
                 std::uint32_t size) noexcept {
  constexpr std::uint32_t kLine = 64;
  for (std::uint32_t i = 0; i < size; i += kLine)
    __builtin_prefetch(data + ((position + kAhead + i) & (capacity - 1)));
}

}  // namespace

struct Ring::Segment {
  std::uint32_t capacity{0};
  Signal payer{Signal::spans};
  std::atomic<Segment*> next{nullptr};                // producer stores (release), consumer loads (acquire)
  alignas(64) std::atomic<std::uint32_t> written{0};  // producer stores (release), consumer loads (acquire)
  alignas(64) std::atomic<std::uint32_t> read{0};     // consumer stores (release), producer loads (acquire)
  alignas(64) std::byte data[1];                      // `capacity` bytes in truth

  static Segment* make(std::uint32_t capacity) noexcept {
    void* memory = std::aligned_alloc(64, sizeof(Segment) + capacity);
    if (memory == nullptr) return nullptr;
    auto* segment = new (memory) Segment;
    segment->capacity = capacity;
    return segment;
  }
  static void destroy(Segment* segment) noexcept {
    segment->~Segment();
    std::free(segment);
  }
};

Ring::~Ring() {
  for (Segment* segment = head_.load(std::memory_order_acquire); segment != nullptr;) {
    Segment* next = segment->next.load(std::memory_order_acquire);
    Segment::destroy(segment);
    segment = next;
  }
}

std::byte* Ring::prepare_slow(std::uint32_t size, Signal signal, MemoryBudget& budget) noexcept {
  if (tail_ == nullptr && !link_segment(kFirstSegment, signal, budget)) return nullptr;
  read_seen_ = tail_->read.load(std::memory_order_acquire);  // pairs with release: the room is free
  const std::uint32_t used = written_ - read_seen_;
  if (used == 0 && capacity_ > kFirstSegment && shrink_wanted_.load(std::memory_order_relaxed)) {
    shrink_wanted_.store(false, std::memory_order_relaxed);
    link_segment(kFirstSegment, signal, budget);
  }
  const std::uint32_t offset = written_ & mask_;
  const std::uint32_t needed = size <= capacity_ - offset ? size : size + capacity_ - offset;
  if (written_ - read_seen_ + needed <= capacity_ / 2) {
    room_ = capacity_ / 2;
    return place(size);
  }
  room_ = capacity_;
  if (!was_worker_asked_.load(std::memory_order_relaxed)) {
    was_worker_asked_.store(true, std::memory_order_relaxed);
    wants_wake_ = true;
  }
  if (written_ - read_seen_ + needed <= capacity_) return place(size);
  if (!link_segment(std::min(capacity_ * 2, kLargestSegment), signal, budget)) return nullptr;
  return place(size);
}

bool Ring::link_segment(std::uint32_t capacity, Signal signal, MemoryBudget& budget) noexcept {
  const bool is_first = tail_ == nullptr;
  if (!is_first) {
    const std::size_t most = std::bit_floor(budget.room_to_grow(signal) / 4);
    if (most < kFirstSegment) return false;
    capacity = static_cast<std::uint32_t>(std::min<std::size_t>(capacity, most));
    const std::size_t held = bytes_.load(std::memory_order_relaxed);
    if (held + capacity > std::max(budget.limit() / 4, kAlwaysAllowed)) return false;
  }
  if (!budget.try_take_for_ring(signal, capacity)) return false;
  Segment* segment = Segment::make(capacity);
  if (segment == nullptr) {
    budget.give_back_of_ring(signal, capacity);
    return false;
  }
  segment->payer = signal;
  bytes_.fetch_add(capacity, std::memory_order_relaxed);
  Segment* last = tail_;
  tail_ = segment;
  published_ = &segment->written;
  data_ = segment->data;
  capacity_ = capacity;
  mask_ = capacity - 1;
  written_ = 0;
  read_seen_ = 0;
  room_ = capacity / 2;
  if (is_first) {
    head_.store(segment, std::memory_order_release);  // pairs with begin's
  } else {
    last->next.store(segment, std::memory_order_release);
  }
  return true;
}

Ring::Cursor Ring::begin() const noexcept {
  Segment* head = head_.load(std::memory_order_acquire);
  const std::uint32_t read = head == nullptr ? 0 : head->read.load(std::memory_order_relaxed);
  return {head, read, read, released_};
}

// Looks how far has been written by now; false where that is no further. The owner writes that with each
// record, so it is looked at only when all that was seen has been read.
bool Ring::find_more(Cursor& cursor) noexcept {
  while (cursor.segment != nullptr) {
    // `next` first: once it is set, `written` of this segment is final.
    Segment* next = cursor.segment->next.load(std::memory_order_acquire);
    cursor.written = cursor.segment->written.load(std::memory_order_acquire);
    if (cursor.written != cursor.position) return true;
    if (next == nullptr) return false;
    cursor = {next, 0, 0, cursor.total};
  }
  return false;
}

const RecordHeader* Ring::peek(Cursor& cursor) const noexcept {
  while (cursor.position != cursor.written || find_more(cursor)) {
    const std::uint32_t unread = cursor.written - cursor.position;
    const std::uint32_t offset = cursor.position & (cursor.segment->capacity - 1);
    const auto* record = reinterpret_cast<const RecordHeader*>(cursor.segment->data + offset);
    if (record->size - sizeof(RecordHeader) > unread - sizeof(RecordHeader)) return nullptr;  // overwritten
    fetch_ahead(cursor.segment->data, cursor.segment->capacity, cursor.position, record->size);
    cursor.position += record->size;
    cursor.total += record->size;
    if (record->kind != RecordKind::padding) return record;
  }
  return nullptr;
}

// What was taken out of the middle becomes padding until all before it has been released.
void Ring::mark_taken(const RecordHeader& record) noexcept {
  const_cast<RecordHeader&>(record).kind = RecordKind::padding;
}

Ring::Cursor Ring::first_not_taken() const noexcept {
  Cursor cursor = begin();
  if (const RecordHeader* record = peek(cursor)) {
    cursor.position -= record->size;
    cursor.total -= record->size;
  }
  return cursor;
}

std::uint64_t Ring::end() const noexcept {
  Cursor cursor = begin();
  while (find_more(cursor)) {
    cursor.total += cursor.written - cursor.position;
    cursor.position = cursor.written;
  }
  return cursor.total;
}

void Ring::release(const Cursor& cursor, MemoryBudget& budget) noexcept {
  Segment* head = head_.load(std::memory_order_relaxed);
  if (cursor.segment == nullptr || head == nullptr) return;
  if (cursor.segment == head && cursor.position == head->read.load(std::memory_order_relaxed)) return;
  while (head != cursor.segment) {
    Segment* drained = head;
    head = head->next.load(std::memory_order_acquire);
    head_.store(head, std::memory_order_relaxed);
    free_segment(drained, budget);
  }
  // Before `read`: a producer that sees the room, and fills it, sees that it has to ask again.
  was_worker_asked_.store(false, std::memory_order_relaxed);
  head->read.store(cursor.position, std::memory_order_release);
  released_ = cursor.total;
  if (seen_.total <= released_) seen_ = cursor;
  idle_drains_ = 0;
}

bool Ring::note_idle() noexcept {
  if (++idle_drains_ < kIdleDrainsBeforeShrink) return false;
  idle_drains_ = 0;
  shrink_wanted_.store(true, std::memory_order_relaxed);
  return true;
}

void Ring::free_segment(Segment* segment, MemoryBudget& budget) noexcept {
  bytes_.fetch_sub(segment->capacity, std::memory_order_relaxed);
  budget.give_back_of_ring(segment->payer, segment->capacity);
  Segment::destroy(segment);
}

// The consumer may be freeing segments just now: only the last one, which it never frees, is looked into.
bool Ring::is_drained() const noexcept {
  if (tail_ == nullptr) return true;
  return head_.load(std::memory_order_relaxed) == tail_ &&         // only compared
         tail_->read.load(std::memory_order_acquire) == written_;  // pairs with release's
}

void Ring::free_all(MemoryBudget& budget) noexcept {
  if (tail_ != nullptr) free_segment(tail_, budget);
  forget_segments();
}

void Ring::forget_segments() noexcept {
  head_.store(nullptr, std::memory_order_relaxed);
  tail_ = nullptr;
  published_ = nullptr;
  data_ = nullptr;
  capacity_ = mask_ = room_ = 0;
  written_ = read_seen_ = prepared_ = 0;
  bytes_.store(0, std::memory_order_relaxed);
  seen_ = {.total = released_};
}

// The parent's worker may have been anywhere in `release`, so only the producer's side is trusted: its
// segment is kept and emptied. Older segments may be half freed and are left alone.
void Ring::reset_after_fork(MemoryBudget& budget) noexcept {
  idle_drains_ = 0;
  seen_ = {.total = released_};
  wants_wake_ = false;
  was_worker_asked_.store(false, std::memory_order_relaxed);
  if (tail_ == nullptr || !budget.try_take_for_ring(Signal::spans, capacity_))
    return forget_segments();  // leaked rather than kept beyond the bound
  head_.store(tail_, std::memory_order_relaxed);
  written_ = read_seen_ = prepared_ = 0;
  room_ = capacity_ / 2;
  bytes_.store(capacity_, std::memory_order_relaxed);
  tail_->next.store(nullptr, std::memory_order_relaxed);
  tail_->written.store(0, std::memory_order_relaxed);
  tail_->read.store(0, std::memory_order_relaxed);
  tail_->payer = Signal::spans;
}

}  // namespace ergon::inline v0::telemetry
