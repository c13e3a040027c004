#include "telemetry/worker/drain.hpp"

#include <algorithm>

#include "telemetry/record/enqueue.hpp"

namespace ergon::telemetry {

std::span<const RecordHeader* const> Drain::collect(std::size_t most_per_ring) {
  records_.clear();
  kept_.clear();
  visited_.clear();
  found_more_ = false;
  for (ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    Ring::Cursor cursor = block->ring.begin();
    const std::size_t before = records_.size();
    while (const RecordHeader* record = block->ring.peek(cursor)) {
      records_.push_back(record);
      if (records_.size() - before == most_per_ring) {
        found_more_ = true;
        break;
      }
    }
    if (records_.size() == before) {
      if (block->ring.note_idle()) g_threads.trim(*block);
    } else {
      visited_.push_back({block, cursor});
    }
  }
  // Each ring is in order by itself.
  if (visited_.size() > 1)
    std::ranges::stable_sort(records_, {}, [](const RecordHeader* r) { return r->ticks; });
  return records_;
}

void Drain::release() {
  auto kept = kept_.begin();
  for (const RecordHeader* record : records_) {
    if (kept != kept_.end() && *kept == record) {
      ++kept;
      continue;
    }
    free_pointed(record);
    if (!kept_.empty()) Ring::mark_taken(*record);
  }
  for (const Visited& visited : visited_) {
    Ring& ring = visited.block->ring;
    ring.release(kept_.empty() ? visited.cursor : ring.first_not_taken(), g_budget);
  }
}

}  // namespace ergon::telemetry
