#pragma once

#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

/// By what a thread of the SDK's own, whose telemetry is ignored, measures how the SDK itself fares. It
/// counts in a block of its own, and no code of the program's runs meanwhile. For one thread at a time.
class OwnRecording {
 public:
  OwnRecording() noexcept = default;
  OwnRecording(const OwnRecording&) = delete;
  OwnRecording& operator=(const OwnRecording&) = delete;
  ~OwnRecording() {
    if (block_ != nullptr) g_threads.give_back(*block_);
  }

  /// Calls `measure`, whose measurements count; without memory for a block it is not called.
  template <class Measure>
  void record(Measure measure) noexcept {
    if (block_ == nullptr && !take_block()) return;
    const ThreadState outside = t_thread;
    t_thread = {.block = block_,
                .current = nullptr,
                .pauses = 0,
                .metrics_generation = metrics_generation_,
                .cells = cells_};
    measure();
    metrics_generation_ = t_thread.metrics_generation;
    cells_ = t_thread.cells;
    t_thread = outside;
  }

 private:
  bool take_block() noexcept {
    block_ = g_threads.take();
    if (block_ == nullptr) return false;
    block_->ids.seed_from_kernel();  // exemplars draw from it
    return true;
  }

  ThreadBlock* block_{nullptr};
  // As ThreadState has them, from one measurement to the next.
  std::uint32_t metrics_generation_{0};
  CellTable* cells_{nullptr};
};

}  // namespace ergon::inline v0::telemetry
