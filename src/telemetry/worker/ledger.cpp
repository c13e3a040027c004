#include "telemetry/worker/ledger.hpp"

#include <algorithm>
#include <iterator>

namespace ergon::inline v0::telemetry {

bool Ledger::Run::has_same_answers(const Run& other) const {
  return open_destinations == other.open_destinations && is_answered == other.is_answered &&
         best == other.best && reason == other.reason;
}

std::uint64_t Ledger::open(std::uint64_t count, std::uint32_t destinations) {
  const std::uint64_t number = next_;
  if (destinations == 0) {
    leave_out(count, DropReason::filtered);
    return number;
  }
  add({count, destinations});
  next_ += count;
  open_ += count;
  return number;
}

void Ledger::leave_out(std::uint64_t count, DropReason reason) noexcept {
  settled_.dropped[static_cast<std::size_t>(reason)] += count;
  unoffered_[static_cast<std::size_t>(reason)] += count;
}

void Ledger::add(const Run& added) {
  if (!runs_.empty()) {
    auto& [first, last] = *runs_.rbegin();
    if (first + last.count == next_ && last.has_same_answers(added)) {
      last.count += added.count;
      return;
    }
  }
  runs_.emplace_hint(runs_.end(), next_, added);
}

void Ledger::settle(const RecordRange& range, Outcome outcome, DropReason reason) {
  auto run = std::prev(runs_.upper_bound(range.first));
  const std::uint64_t end = range.first + range.count;
  for (std::uint64_t number = range.first; number < end;) {
    run = cut(run, number);
    if (run->first + run->second.count > end) cut(run, end);
    Run& records = run->second;
    number += records.count;
    records.is_answered = true;
    if (outcome >= records.best) {
      records.best = outcome;
      records.reason = reason;
    }
    --records.open_destinations;
    run = finish(run);
  }
}

// Makes a run begin at this number, inside of the one given, and answers it.
Ledger::Runs::iterator Ledger::cut(Runs::iterator run, std::uint64_t number) {
  if (run->first == number) return run;
  Run rest = run->second;
  rest.count -= number - run->first;
  run->second.count = number - run->first;
  return runs_.emplace_hint(std::next(run), number, rest);
}

// Closes a run that has all its answers, or joins it to the one before; answers the next.
Ledger::Runs::iterator Ledger::finish(Runs::iterator run) {
  if (run->second.open_destinations == 0) {
    close(run->second);
    return runs_.erase(run);
  }
  if (run == runs_.begin()) return std::next(run);
  auto& [first, before] = *std::prev(run);
  if (first + before.count != run->first || !before.has_same_answers(run->second)) return std::next(run);
  before.count += run->second.count;
  return runs_.erase(run);
}

void Ledger::close(const Run& run) {
  open_ -= run.count;
  switch (run.best) {
    case Outcome::delivered:
      settled_.delivered += run.count;
      break;
    case Outcome::rejected:
      settled_.rejected += run.count;
      break;
    case Outcome::dropped:
      settled_.dropped[static_cast<std::size_t>(run.reason)] += run.count;
      break;
  }
}

Counts Ledger::counts() const {
  Counts counts = settled_;
  counts.queued = open_;
  return counts;
}

}  // namespace ergon::inline v0::telemetry
