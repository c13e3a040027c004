#pragma once

#include <cstdint>
#include <map>

#include <ergon/telemetry/statistics.hpp>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

/// The books of one signal over all destinations. Every record gets a number and is offered to some of them;
/// when the last has answered, it counts once: delivered if any delivered it, else rejected if any rejected
/// it, else dropped for the reason that came last. The worker's alone.
class Ledger {
 public:
  /// Numbers `count` records that `destinations` pipelines will answer for; 0 means nobody wants them.
  std::uint64_t open(std::uint64_t count, std::uint32_t destinations);

  /// Counts a record that can be offered to nobody.
  void drop(DropReason reason) noexcept { leave_out(1, reason); }

  enum class Outcome : std::uint8_t { dropped, rejected, delivered };
  void settle(const RecordRange& range, Outcome outcome, DropReason reason);

  /// What is settled, and what still waits for an answer as `queued`.
  [[nodiscard]] Counts counts() const;
  /// Those dropped that were offered to nobody; `counts` has them, too.
  [[nodiscard]] const DroppedRecords& unoffered() const { return unoffered_; }
  /// Memory is used by runs of records that have the same answers, and by those alone that wait for more.
  [[nodiscard]] std::size_t open_runs() const { return runs_.size(); }

 private:
  struct Run {
    std::uint64_t count;
    std::uint32_t open_destinations;
    bool is_answered{false};
    Outcome best{Outcome::dropped};
    DropReason reason{DropReason::filtered};

    [[nodiscard]] bool has_same_answers(const Run& other) const;
  };
  using Runs = std::map<std::uint64_t, Run>;  // by the number of their first record

  void leave_out(std::uint64_t count, DropReason reason) noexcept;
  void add(const Run& added);
  Runs::iterator cut(Runs::iterator run, std::uint64_t number);
  Runs::iterator finish(Runs::iterator run);
  void close(const Run& run);

  std::uint64_t next_{0};
  Runs runs_;
  std::uint64_t open_{0};
  Counts settled_;
  DroppedRecords unoffered_{};
};

}  // namespace ergon::inline v0::telemetry
