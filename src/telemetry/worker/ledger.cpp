#include "telemetry/worker/ledger.hpp"

#include <algorithm>

namespace ergon::telemetry {

std::uint64_t Ledger::open(std::uint64_t count, std::uint32_t destinations) {
  const std::uint64_t number = first_ + entries_.size();
  if (destinations == 0) {
    settled_.dropped[static_cast<std::size_t>(DropReason::filtered)] += count;
    return number;
  }
  entries_.insert(entries_.end(), count, {destinations, Outcome::dropped, DropReason::filtered});
  open_ += count;
  return number;
}

void Ledger::settle(const RecordRange& range, Outcome outcome, DropReason reason) {
  for (std::uint64_t number = range.first; number < range.first + range.count; ++number) {
    Entry& entry = entries_[number - first_];
    if (outcome >= entry.best) {
      entry.best = outcome;
      entry.reason = reason;
    }
    if (--entry.open_destinations == 0) close(entry);
  }
  while (!entries_.empty() && entries_.front().open_destinations == 0) {
    entries_.pop_front();
    ++first_;
  }
}

void Ledger::close(const Entry& entry) {
  --open_;
  switch (entry.best) {
    case Outcome::delivered:
      ++settled_.delivered;
      break;
    case Outcome::rejected:
      ++settled_.rejected;
      break;
    case Outcome::dropped:
      ++settled_.dropped[static_cast<std::size_t>(entry.reason)];
      break;
  }
}

Counts Ledger::counts() const {
  Counts counts = settled_;
  counts.queued = open_;
  return counts;
}

}  // namespace ergon::telemetry
