#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

#include <ergon/telemetry/live_span.hpp>

#include "base/random.hpp"
#include "telemetry/buffer/ring.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/tally.hpp"

namespace ergon::inline v0::detail {
struct PooledSpan;
}

namespace ergon::inline v0::telemetry {

class CellTable;  // metrics/cell_table.hpp

/// A few heap blocks of one size, kept by a thread for its next large bodies.
struct SpareBlocks {
  static constexpr std::uint32_t kBlockBytes = 2U << 10U;  // as much as a ring takes

  std::array<std::byte*, 4> blocks;
  std::uint32_t count{0};
};

/// All that a recording thread owns. Blocks are never freed: a dead thread's passes on to the next new one,
/// with its tallies and cells, once the worker has drained it.
struct ThreadBlock {
  Ring ring;
  std::array<SignalTally, 2> tallies;  // spans, logs
  std::array<OwnedCount, SpanStart::kKinds> span_starts;
  OwnedCount repaired_strings;
  base::IdGenerator ids;
  const unsigned* uncaught_exceptions{nullptr};  // the C++ runtime's count for this thread
  std::uint32_t thread_id{0};                    // the system's number of the thread
  static constexpr std::uint32_t kMostFreeSpans = 64;
  detail::PooledSpan* free_spans{nullptr};
  std::uint32_t free_span_count{0};
  SpareBlocks spare_blocks;    // of bodies that outgrew their inline storage
  detail::SpanBody scratch{};  // attributes of the log call under way

  // Owner creates (release), the metric reader walks (acquire).
  std::atomic<CellTable*> cells{nullptr};
  // Guarded by the registry's lock.
  bool is_owned{false};
  std::uint32_t idle_looks{0};  // of the metric reader, since it had an owner
  ThreadBlock* next{nullptr};   // constant once the block is published, but for a fork's child

  [[nodiscard]] SignalTally& tally(Signal signal) noexcept {
    return tallies[static_cast<std::size_t>(signal)];
  }
};

/// Per-thread state of the hot path; trivially destructible, so that thread-local and static destructors may
/// still record.
struct ThreadState {
  ThreadBlock* block;
  detail::CurrentContext* current;
  // Scopes in which what the thread records is ignored (detail::RecordingPause); SDK threads never leave
  // theirs: telemetry about telemetry stops here.
  std::uint32_t pauses;
  // The block's cells, once they follow the metrics plan of this generation; never kMetricsOff.
  std::uint32_t metrics_generation;
  CellTable* cells;

  /// The thread has no block any more.
  void leave() noexcept {
    block = nullptr;
    metrics_generation = 0;
    cells = nullptr;
  }
};
extern constinit thread_local ThreadState t_thread;

[[gnu::cold]] ThreadBlock* join_thread() noexcept;

/// The span context that is current on this thread, or null; it may be invalid.
[[nodiscard]] inline const SpanContext* current_span() noexcept {
  return t_thread.current != nullptr ? &t_thread.current->context : nullptr;
}

/// Takes out a context that others stand in front of.
[[gnu::cold]] void leave_out_of_turn(detail::CurrentContext& context) noexcept;

/// What `context` stood in front of is current again.
inline void leave(detail::CurrentContext& context) noexcept {
  if (t_thread.current != &context) [[unlikely]]
    return leave_out_of_turn(context);
  t_thread.current = context.enclosing;
}

/// This thread's block, taken at its first record; null only when there is no memory for one.
[[nodiscard]] inline ThreadBlock* this_thread_block() noexcept {
  ThreadBlock* block = t_thread.block;
  return block != nullptr ? block : join_thread();
}

/// All blocks ever made.
class ThreadRegistry {
 public:
  [[nodiscard]] ThreadBlock* take() noexcept;
  void give_back(ThreadBlock& block) noexcept;
  /// The worker's: frees the memory of a ring that is drained and whose thread is gone.
  void trim(ThreadBlock& block) noexcept;

  /// The metric reader's: the cells of a block that has had no owner for a while, which are its own now; or
  /// null.
  [[nodiscard]] CellTable* take_idle_cells(ThreadBlock& block) noexcept;

  /// Any thread; the list only grows.
  [[nodiscard]] ThreadBlock* first() const noexcept { return first_.load(std::memory_order_acquire); }

  // Around a fork: `lock` before it, `unlock` in the parent, `reset_in_child` in the child.
  void lock_for_fork() { mutex_.lock(); }
  void unlock_after_fork() { mutex_.unlock(); }
  void reset_in_child() noexcept;

 private:
  std::mutex mutex_;
  std::atomic<ThreadBlock*> first_{nullptr};  // take stores (release), readers load (acquire)
  ThreadBlock* abandoned_{nullptr};           // in the child of a fork: those of its parent's other threads
};

extern constinit ThreadRegistry g_threads;

/// Marks this thread as the SDK's own: what it records is ignored.
void suppress_telemetry_on_this_thread() noexcept;

}  // namespace ergon::inline v0::telemetry
