#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

/// One pass over the rings of all threads: the unread records in order of time, read in place.
class Drain {
 public:
  /// At most this many records a ring and pass, so that the worker gets to its other duties.
  static constexpr std::size_t kMostPerRing = 16'384;

  /// At most this many records a ring and pass of a signal that was held back: they are only looked at again.
  static constexpr std::size_t kMostHeldBack = 1'024;

  using Signals = std::array<bool, kSignals>;

  /// Collects the records; they stay valid until `release`. Of what was held back, the first few are looked
  /// at again and the others passed over for what lies behind them.
  [[nodiscard]] std::span<const RecordHeader* const> collect(const Signals& is_held_back = {});
  /// Leaves a record of this pass in its ring, for the next one. To be called in the order of `collect`.
  void keep(const RecordHeader* record) { kept_.push_back(record); }
  /// Gives the room of what was collected, and not kept, back to the recording threads.
  void release();
  /// Whether the last pass did not come to the end of a ring.
  [[nodiscard]] bool stopped_early() const { return stopped_early_; }
  /// Whether it left records of this signal behind without having collected them.
  [[nodiscard]] bool has_passed_over(Signal signal) const {
    return passed_over_[static_cast<std::size_t>(signal)];
  }
  /// Rings that the program has overwritten: what lies behind that is lost.
  [[nodiscard]] std::span<const Ring* const> overwritten() const { return overwritten_; }
  /// Whether it did not collect all records.
  [[nodiscard]] bool found_more() const { return stopped_early_ || has_passed_over(); }

 private:
  [[nodiscard]] bool has_passed_over() const {
    return std::ranges::find(passed_over_, true) != passed_over_.end();
  }
  void collect_of(ThreadBlock& block, const Signals& is_held_back, bool may_skip);
  void note_end(const Ring& ring, const Ring::Cursor& cursor, bool has_stopped);

  struct Visited {
    ThreadBlock* block;
    Ring::Cursor cursor;
  };
  std::vector<const RecordHeader*> records_;
  std::vector<const RecordHeader*> kept_;
  std::vector<Visited> visited_;
  std::vector<const Ring*> overwritten_;
  bool stopped_early_{false};
  Signals passed_over_{};
};

}  // namespace ergon::inline v0::telemetry
