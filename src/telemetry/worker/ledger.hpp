#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include <ergon/telemetry/statistics.hpp>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::telemetry {

/// The books of one signal over all destinations. Every record gets a number and is offered to some of them;
/// when the last has answered, it counts once: delivered if any delivered it, else rejected if any rejected
/// it, else dropped for the reason that came last. The worker's alone.
class Ledger {
 public:
  /// Numbers `count` records that `destinations` pipelines will answer for; 0 means nobody wants them.
  std::uint64_t open(std::uint64_t count, std::uint32_t destinations);

  enum class Outcome : std::uint8_t { dropped, rejected, delivered };
  void settle(const RecordRange& range, Outcome outcome, DropReason reason);

  /// What is settled, and what still waits for an answer as `queued`.
  [[nodiscard]] Counts counts() const;

 private:
  struct Entry {
    std::uint32_t open_destinations;
    Outcome best;
    DropReason reason;
  };
  void close(const Entry& entry);

  std::uint64_t first_{0};  // the number of entries_.front()
  std::deque<Entry> entries_;
  std::uint64_t open_{0};
  Counts settled_;
};

}  // namespace ergon::telemetry
