#pragma once

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

  /// Collects the records; they stay valid until `release`.
  [[nodiscard]] std::span<const RecordHeader* const> collect(std::size_t most_per_ring = kMostPerRing);
  /// Leaves a record of this pass in its ring, for the next one. To be called in the order of `collect`.
  void keep(const RecordHeader* record) { kept_.push_back(record); }
  /// Gives the room of what was collected, and not kept, back to the recording threads.
  void release();
  /// Whether the last pass left records behind.
  [[nodiscard]] bool found_more() const { return found_more_; }

 private:
  struct Visited {
    ThreadBlock* block;
    Ring::Cursor cursor;
  };
  std::vector<const RecordHeader*> records_;
  std::vector<const RecordHeader*> kept_;
  std::vector<Visited> visited_;
  bool found_more_{false};
};

}  // namespace ergon::telemetry
