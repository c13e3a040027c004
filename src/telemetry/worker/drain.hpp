#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "telemetry/record/thread_block.hpp"

namespace ergon::telemetry {

/// One pass over the rings of all threads: the unread records in order of time, read in place.
class Drain {
 public:
  /// At most this many records a ring and pass, so that the worker gets to its other duties.
  static constexpr std::size_t kMostPerRing = 16'384;

  /// At most this many records a ring and pass of a signal that was held back: they are only looked at again.
  static constexpr std::size_t kMostHeldBack = 1'024;

  /// Collects the records; they stay valid until `release`. What was held back is passed over for what lies
  /// behind it.
  [[nodiscard]] std::span<const RecordHeader* const> collect(
      const std::array<bool, kSignals>& is_held_back = {});
  /// Leaves a record of this pass in its ring, for the next one. To be called in the order of `collect`.
  void keep(const RecordHeader* record) { kept_.push_back(record); }
  /// Gives the room of what was collected, and not kept, back to the recording threads.
  void release();
  /// Whether the last pass left records behind.
  [[nodiscard]] bool found_more() const { return found_more_; }

 private:
  void collect_of(ThreadBlock& block, const std::array<bool, kSignals>& is_held_back);

  struct Visited {
    ThreadBlock* block;
    Ring::Cursor cursor;
  };
  std::vector<const RecordHeader*> records_;
  std::vector<const RecordHeader*> kept_;
  std::vector<Visited> visited_;
  bool found_more_{false};
  bool passed_over_{false};  // records that were not collected lie before some that were
};

}  // namespace ergon::telemetry
