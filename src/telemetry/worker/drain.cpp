#include "telemetry/worker/drain.hpp"

#include <algorithm>
#include <functional>

#include "telemetry/record/enqueue.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// What is passed over in one ring: of a signal, nothing is taken before what lies in front of it.
class HeldBack {
 public:
  explicit HeldBack(const Drain::Signals& is_held_back) : is_held_back_(is_held_back) {}

  [[nodiscard]] bool passes_over(const RecordHeader& record) {
    const auto signal = static_cast<std::size_t>(signal_of(record.kind));
    if (is_held_back_[signal] && ++looked_at_[signal] > Drain::kMostHeldBack) passed_over_[signal] = true;
    return passed_over_[signal];
  }
  [[nodiscard]] bool passes_over_all() const { return passed_over_ == is_held_back_; }
  [[nodiscard]] const Drain::Signals& passed_over() const { return passed_over_; }

 private:
  const Drain::Signals& is_held_back_;
  std::array<std::size_t, kSignals> looked_at_{};
  Drain::Signals passed_over_{};
};

}  // namespace

std::span<const RecordHeader* const> Drain::collect(const Signals& is_held_back) {
  records_.clear();
  kept_.clear();
  visited_.clear();
  // What the pass before has left where it has looked is held back still, all of it.
  const bool may_skip = std::ranges::equal(passed_over_, is_held_back, std::less_equal());
  stopped_early_ = false;
  passed_over_ = {};
  for (ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    collect_of(*block, is_held_back, may_skip);
  }
  kept_.reserve(records_.size());  // so that `keep` does not fail, and each pass is brought to its end
  // Each ring is in order by itself.
  if (visited_.size() > 1)
    std::ranges::stable_sort(records_, {}, [](const RecordHeader* r) { return r->ticks; });
  return records_;
}

void Drain::collect_of(ThreadBlock& block, const Signals& is_held_back, bool may_skip) {
  Ring& ring = block.ring;
  Ring::Cursor cursor = ring.begin();
  const std::size_t most = records_.size() + kMostPerRing;
  const std::size_t before = records_.size();
  HeldBack held(is_held_back);
  while (records_.size() < most) {
    const RecordHeader* record = ring.peek(cursor);
    if (record == nullptr) break;
    if (!held.passes_over(*record)) {
      records_.push_back(record);
    } else if (may_skip && held.passes_over_all() && cursor.total < ring.seen().total) {
      cursor = ring.seen();
    }
  }
  note_end(ring, cursor, records_.size() == most);
  std::ranges::transform(passed_over_, held.passed_over(), passed_over_.begin(), std::logical_or());
  if (records_.size() > before) {
    visited_.push_back({&block, cursor});
  } else if (ring.note_idle()) {
    g_threads.trim(block);
  }
}

// Where a walk has neither stopped nor come to the end, a record's head is none.
void Drain::note_end(const Ring& ring, const Ring::Cursor& cursor, bool has_stopped) {
  stopped_early_ |= has_stopped;
  if (has_stopped || cursor.position == cursor.written) return;
  if (std::ranges::find(overwritten_, &ring) == overwritten_.end()) overwritten_.push_back(&ring);
}

void Drain::release() {
  const bool is_in_pieces = !kept_.empty() || has_passed_over();
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
    ring.note_seen(visited.cursor);
    ring.release(is_in_pieces ? ring.first_not_taken() : visited.cursor, g_budget);
  }
}

}  // namespace ergon::inline v0::telemetry
