#include "telemetry/worker/drain.hpp"

#include <algorithm>

#include "telemetry/record/enqueue.hpp"

namespace ergon::telemetry {

std::span<const RecordHeader* const> Drain::collect(const std::array<bool, kSignals>& is_held_back) {
  records_.clear();
  kept_.clear();
  visited_.clear();
  found_more_ = passed_over_ = false;
  for (ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    collect_of(*block, is_held_back);
  }
  // Each ring is in order by itself.
  if (visited_.size() > 1)
    std::ranges::stable_sort(records_, {}, [](const RecordHeader* r) { return r->ticks; });
  return records_;
}

void Drain::collect_of(ThreadBlock& block, const std::array<bool, kSignals>& is_held_back) {
  Ring::Cursor cursor = block.ring.begin();
  const std::size_t before = records_.size();
  std::size_t held_back = 0;
  while (const RecordHeader* record = block.ring.peek(cursor)) {
    if (is_held_back[static_cast<std::size_t>(signal_of(record->kind))] && ++held_back > kMostHeldBack) {
      passed_over_ = true;
      continue;
    }
    records_.push_back(record);
    if (records_.size() - before == kMostPerRing) {
      found_more_ = true;
      break;
    }
  }
  if (records_.size() > before) {
    visited_.push_back({&block, cursor});
  } else if (block.ring.note_idle()) {
    g_threads.trim(block);
  }
}

void Drain::release() {
  const bool is_in_pieces = !kept_.empty() || passed_over_;
  auto kept = kept_.begin();
  for (const RecordHeader* record : records_) {
    if (kept != kept_.end() && *kept == record) {
      ++kept;
      continue;
    }
    if (is_in_pieces || record->is_pointer) Ring::mark_taken(*record);
    free_pointed(record);
  }
  for (const Visited& visited : visited_) {
    Ring& ring = visited.block->ring;
    ring.release(is_in_pieces ? ring.first_not_taken() : visited.cursor, g_budget);
  }
}

}  // namespace ergon::telemetry
