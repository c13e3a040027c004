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
  [[nodiscard]] std::span<const RecordHeader* const> collect();
  /// Gives the room of what was collected back to the recording threads.
  void release();
  /// Whether the last pass left records behind.
  [[nodiscard]] bool found_more() const { return found_more_; }

 private:
  struct Visited {
    ThreadBlock* block;
    Ring::Cursor cursor;
  };
  std::vector<const RecordHeader*> records_;
  std::vector<Visited> visited_;
  bool found_more_{false};
};

}  // namespace ergon::telemetry
