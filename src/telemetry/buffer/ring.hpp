#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "telemetry/buffer/memory_budget.hpp"
#include "telemetry/buffer/record_header.hpp"

namespace ergon::inline v0::telemetry {

/// A queue of records from one thread (the producer) to the worker (the consumer). `prepare` and `commit` are
/// the producer's, `peek` and `release` the consumer's; no call waits.
class Ring {
 public:
  static constexpr std::uint32_t kFirstSegment = 8U << 10U;
  static constexpr std::uint32_t kLargestSegment = 256U << 10U;
  static constexpr std::uint32_t kLargestRecord = kFirstSegment / 4;  // larger ones travel by pointer

  constexpr Ring() noexcept = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring();

  /// Producer. Room for a record of `size` bytes (a multiple of 16, at most kLargestRecord), or null when the
  /// ring may not grow. `signal` is whose share of the budget a new segment is taken from.
  [[nodiscard]] std::byte* prepare(std::uint32_t size, Signal signal, MemoryBudget& budget) noexcept {
    const std::uint32_t offset = written_ & mask_;
    const std::uint32_t to_end = capacity_ - offset;
    const std::uint32_t needed = size <= to_end ? size : size + to_end;
    if (written_ + needed - read_seen_ > room_) [[unlikely]]
      return prepare_slow(size, signal, budget);
    return place(size);
  }

  /// Producer. Makes the prepared record visible to the consumer.
  void commit() noexcept {
    written_ += prepared_;
    published_->store(written_, std::memory_order_release);  // pairs with peek's acquire
  }

  /// Producer: whether the ring passed half full, once until the consumer's next release.
  [[nodiscard]] bool take_wake_request() noexcept {
    const bool wanted = wants_wake_;
    wants_wake_ = false;
    return wanted;
  }

  struct Segment;

  /// The consumer's place in the ring: `peek` walks it ahead of what was released.
  struct Cursor {
    Segment* segment{nullptr};
    std::uint32_t position{0};
    std::uint32_t written{0};  // of the segment, when that was last looked at
    std::uint64_t total{0};    // bytes before it since the ring was made: places compare by it
  };

  /// Consumer. Where the unread records begin.
  [[nodiscard]] Cursor begin() const noexcept;
  /// Consumer. The next record and steps past it, or null at the end, or where the program has overwritten
  /// the ring. The record stays valid until released.
  [[nodiscard]] const RecordHeader* peek(Cursor& cursor) const noexcept;
  /// Consumer. Marks a record as taken, for `first_not_taken`.
  static void mark_taken(const RecordHeader& record) noexcept;
  /// Consumer. Where the first record begins that is not marked as taken.
  [[nodiscard]] Cursor first_not_taken() const noexcept;
  /// Consumer. Gives the room before the cursor back to the producer.
  void release(const Cursor& cursor, MemoryBudget& budget) noexcept;

  /// Consumer. How far it has looked, which is no nearer than what was released, and its note of that.
  [[nodiscard]] const Cursor& seen() const noexcept { return seen_; }
  void note_seen(const Cursor& cursor) noexcept { seen_ = cursor; }
  /// Consumer. `Cursor::total` of what was released, and of the end by now.
  [[nodiscard]] std::uint64_t released() const noexcept { return released_; }
  [[nodiscard]] std::uint64_t end() const noexcept;

  /// Consumer, at each drain that found nothing: after a while it asks the producer to go back to a small
  /// segment and answers true, once each while.
  bool note_idle() noexcept;
  /// Producer, or whoever owns that side when its thread is gone: whether the consumer has released every
  /// record.
  [[nodiscard]] bool is_drained() const noexcept;
  /// Consumer, while it owns the producer's side as well and the ring is drained: gives all memory back.
  void free_all(MemoryBudget& budget) noexcept;

  /// For the child of a fork, while it has one thread: forgets all records.
  void reset_after_fork(MemoryBudget& budget) noexcept;

 private:
  [[nodiscard]] static bool find_more(Cursor& cursor) noexcept;
  static constexpr int kIdleDrainsBeforeShrink = 50;
  static constexpr std::size_t kAlwaysAllowed = 256U << 10U;  // below it a ring is bound by the budget alone

  // The record's place in the present segment, past the padding that keeps it in one piece.
  std::byte* place(std::uint32_t size) noexcept {
    const std::uint32_t offset = written_ & mask_;
    const std::uint32_t to_end = capacity_ - offset;
    if (size <= to_end) [[likely]] {
      prepared_ = size;
      return data_ + offset;
    }
    auto* skip = reinterpret_cast<RecordHeader*>(data_ + offset);
    skip->size = to_end;
    skip->kind = RecordKind::padding;
    prepared_ = size + to_end;
    return data_;
  }
  [[gnu::cold, gnu::noinline]] std::byte* prepare_slow(std::uint32_t size, Signal signal,
                                                       MemoryBudget& budget) noexcept;
  // A segment takes at most a quarter of what rings may still grow by: whoever comes later finds some, too.
  bool link_segment(std::uint32_t capacity, Signal signal, MemoryBudget& budget) noexcept;
  void free_segment(Segment* segment, MemoryBudget& budget) noexcept;
  void forget_segments() noexcept;

  // Producer's: written and read by its thread alone.
  Segment* tail_{nullptr};
  std::atomic<std::uint32_t>* published_{nullptr};  // tail_'s write position
  std::byte* data_{nullptr};
  std::uint32_t mask_{0};
  std::uint32_t capacity_{0};
  std::uint32_t written_{0};
  std::uint32_t read_seen_{0};  // the consumer's position when last looked at
  std::uint32_t room_{0};       // half the capacity, the whole of it once the worker has been asked to come
  std::uint32_t prepared_{0};
  bool wants_wake_{false};

  // Set by the producer when it asks for the worker, cleared by the consumer's release: further requests
  // would only be system calls. Relaxed, ordered by `read`; a request too few costs at most the worker's
  // tick.
  std::atomic<bool> was_worker_asked_{false};
  // Of all segments, against the quarter of the budget that one ring may take. Producer adds, consumer
  // subtracts; relaxed, a bound only.
  std::atomic<std::size_t> bytes_{0};
  // Consumer writes, producer reads: shrink when convenient. Relaxed.
  std::atomic<bool> shrink_wanted_{false};
  // First segment: producer publishes it, consumer acquires; afterwards the consumer's alone.
  alignas(64) std::atomic<Segment*> head_{nullptr};
  int idle_drains_{0};
  std::uint64_t released_{0};
  Cursor seen_{};
};

}  // namespace ergon::inline v0::telemetry
