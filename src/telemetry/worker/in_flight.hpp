#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "telemetry/worker/export_batch.hpp"
#include "telemetry/worker/ledger.hpp"

namespace ergon::inline v0::telemetry {

/// A batch that has all its answers.
struct SettledBatch {
  std::size_t charged_bytes;  // of the memory budget, that it held
  std::chrono::steady_clock::time_point handed_over;
  std::string_view error;  // why the part of it was lost that was lost last; empty: it was delivered whole
};

/// The batches that sinks hold: what of them is still to be answered, by the number of the batch. The
/// worker's alone.
class InFlight {
 public:
  void add(const ExportBatch& batch, bool is_simple);

  /// Enters a result into the ledger of its signal; answers the batch when that was the last of it.
  std::optional<SettledBatch> settle(const ExportResult& result, std::array<Ledger, kSignals>& ledgers);

  /// Whether no batch up to this number waits for an answer; with `simple_of`, no `simple` one of that
  /// signal.
  [[nodiscard]] bool is_settled(std::uint64_t up_to, std::optional<Signal> simple_of) const;

 private:
  struct Batch {
    std::uint64_t open_records;
    std::vector<RecordRange> records;  // not settled yet
    Signal signal;
    bool is_simple;
    SettledBatch outcome;
  };
  static void settle_some(Batch& batch, std::uint64_t count, Ledger& ledger, Ledger::Outcome outcome,
                          DropReason reason);

  std::map<std::uint64_t, Batch> batches_;
};

}  // namespace ergon::inline v0::telemetry
