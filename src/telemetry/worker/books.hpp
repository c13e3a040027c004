#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <ergon/telemetry/statistics.hpp>

#include "telemetry/buffer/memory_budget.hpp"
#include "telemetry/record/tally.hpp"

namespace ergon::inline v0::telemetry {

/// What recording threads counted of one signal, summed over all of them.
struct ThreadTotals {
  std::uint64_t created{0};
  std::uint64_t sampled_out{0};
  std::uint64_t enqueued{0};
  std::array<std::uint64_t, kDropReasons> dropped{};
  std::array<std::uint64_t, SpanStart::kKinds> starts{};  // of spans
};

/// Sums the tallies of all threads, dead ones included; metric points have none. Any thread.
[[nodiscard]] ThreadTotals thread_totals(Signal signal);

/// The worker's part of the books of one signal.
struct WorkerBooks {
  Counts settled;                // by the ledger, with what waits at destinations as `queued`
  std::uint64_t drained{0};      // taken out of rings, by all workers there ever were
  std::uint64_t sampled_out{0};  // after it was recorded
  std::uint64_t points{0};       // created, of metric points
  std::vector<DestinationCounts> destinations;
};
using AllBooks = std::array<WorkerBooks, kSignals>;

/// The state of a signal's counters at a session's start, which its statistics leave out.
using Baseline = std::array<ThreadTotals, kSignals>;

[[nodiscard]] Statistics make_statistics(const AllBooks& books, const Baseline& baseline);

/// The same once the worker has ended: what threads committed after its last look is dropped (`shutdown`).
[[nodiscard]] Statistics make_final_statistics(const AllBooks& books, const Baseline& baseline);

/// The state of the counters as the next session finds it. A record that a thread is about to commit, having
/// been accepted before, is the next session's.
[[nodiscard]] Baseline take_baseline();

}  // namespace ergon::inline v0::telemetry
