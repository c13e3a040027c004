#include "telemetry/worker/in_flight.hpp"

#include <algorithm>

#include "telemetry/worker/component.hpp"

namespace ergon::inline v0::telemetry {

void InFlight::add(const ExportBatch& batch, bool is_simple) {
  batches_.emplace(batch.id, Batch{batch.count,
                                   batch.records,
                                   batch.signal,
                                   is_simple,
                                   {batch.charged_bytes, std::chrono::steady_clock::now(), {}}});
}

std::optional<SettledBatch> InFlight::settle(const ExportResult& result,
                                             std::array<Ledger, kSignals>& ledgers) {
  const auto found = batches_.find(result.batch_id);
  if (found == batches_.end()) return std::nullopt;
  Batch& batch = found->second;
  Ledger& ledger = ledgers[static_cast<std::size_t>(batch.signal)];
  settle_some(batch, result.delivered, ledger, Ledger::Outcome::delivered, result.reason);
  settle_some(batch, result.rejected, ledger, Ledger::Outcome::rejected, result.reason);
  settle_some(batch, result.dropped, ledger, Ledger::Outcome::dropped, result.reason);
  if (result.rejected > 0) batch.outcome.error = kRejected;
  if (result.dropped > 0) batch.outcome.error = drop_reason_name(result.reason);
  if (batch.open_records > 0) return std::nullopt;
  const SettledBatch outcome = batch.outcome;
  batches_.erase(found);
  return outcome;
}

void InFlight::settle_some(Batch& batch, std::uint64_t count, Ledger& ledger, Ledger::Outcome outcome,
                           DropReason reason) {
  batch.open_records -= count;
  while (count > 0) {
    RecordRange& range = batch.records.front();
    const std::uint64_t now = std::min(count, range.count);
    ledger.settle({range.first, now}, outcome, reason);
    range.first += now;
    range.count -= now;
    count -= now;
    if (range.count == 0) batch.records.erase(batch.records.begin());
  }
}

bool InFlight::is_settled(std::uint64_t up_to, std::optional<Signal> simple_of) const {
  return std::none_of(batches_.begin(), batches_.upper_bound(up_to), [&](const auto& entry) {
    const Batch& batch = entry.second;
    return !simple_of || (batch.is_simple && batch.signal == *simple_of);
  });
}

}  // namespace ergon::inline v0::telemetry
