#include "telemetry/metrics/series_book.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

#include "base/unix_time.hpp"
#include "telemetry/metrics/canonical_attributes.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

namespace {

// Nothing is lost that a reader has not seen yet.
bool may_leave(const Series& series) {
  const Storage& storage = *series.storage;
  if (storage.has_other_readers || storage.delta_readers.empty() || &series == storage.overflow) return false;
  return std::ranges::all_of(storage.delta_readers, [&](std::uint32_t reader) {
    return reader < series.idle.size() && series.idle[reader] >= SeriesBook::kIdle;
  });
}

bool has_a_thread(const Series& series) {
  for (const ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    const CellTable* const cells = block->cells.load(std::memory_order_acquire);
    if (cells != nullptr && cells->at(series) != nullptr) return true;
  }
  return false;
}

}  // namespace

Series* SeriesBook::find_or_add(Storage& storage, const std::string& attributes, bool& is_used_up) {
  const auto found = storage.by_attributes.find(attributes);
  if (found != storage.by_attributes.end()) {
    found->second->is_leaving = false;
    return found->second;
  }
  const bool has_room = used() < CellTable::kMostSeries - kOverflowReserve;
  if (has_room &&
      storage.by_attributes.size() - (storage.overflow == nullptr ? 0 : 1) < storage.cardinality_limit)
    return add(storage, attributes);
  is_used_up |= !has_room;
  if (storage.overflow == nullptr) {
    std::string overflow = overflow_attributes(storage.attribute_tag());
    const auto given = storage.by_attributes.find(overflow);  // by the program itself
    storage.overflow =
        given != storage.by_attributes.end() ? given->second : add(storage, std::move(overflow));
  }
  return storage.overflow;
}

Series* SeriesBook::add(Storage& storage, std::string attributes) {
  Series* const added = free_place();
  if (added == nullptr) return nullptr;
  if (storage.free_ordinals.empty()) {
    added->ordinal = storage.series_count++;
  } else {
    added->ordinal = storage.free_ordinals.back();
    storage.free_ordinals.pop_back();
  }
  added->storage = &storage;
  added->attributes = attributes;
  added->start_unix_nanoseconds.store(base::unix_nanoseconds(), std::memory_order_relaxed);
  added->birth = ++births_;
  if (storage.aggregation.kind == Aggregation::Kind::last_value)
    added->last_value = std::make_unique<LastValueCell>();
  storage.by_attributes.emplace(std::move(attributes), added);
  return added;
}

Series* SeriesBook::free_place() {
  if (!free_.empty()) {
    Series* const place = free_.back();
    free_.pop_back();
    return place;
  }
  if (all_.size() == CellTable::kMostSeries) return nullptr;
  return &all_.emplace_back(static_cast<std::uint32_t>(all_.size()), 0U, nullptr, std::string(), 0U, 0U);
}

const std::string* SeriesBook::dropped_of(const Storage& storage, std::string_view canonical) {
  if (storage.filter.keeps_all()) return nullptr;
  std::string dropped = filtered_attributes(canonical, storage.filter, kGivenTag, false);
  if (dropped.empty()) return nullptr;
  if (const auto known = dropped_.find(dropped); known != dropped_.end()) return &*known;
  if (dropped_.size() >= kMostDropped) return nullptr;
  return &*dropped_.insert(std::move(dropped)).first;
}

// Who looked while a collection was under way has kept what it had; who has it for long may have missed it,
// and is told again, ever more seldom.
bool SeriesBook::let_go(const std::vector<Series*>& idle, CellTable& left) {
  bool has_news = end_those_left(left);
  for (Series* const series : idle) {
    if (series->is_leaving || !may_leave(*series)) continue;
    series->is_leaving = true;
    series->waits = 0;
    leaving_.push_back(series);
    has_news = true;
  }
  const auto is_long_overdue = [](const Series* series) {
    return series->waits >= 4 && std::has_single_bit(series->waits);
  };
  return has_news || std::ranges::any_of(leaving_, is_long_overdue);
}

// Answers whether there is room where threads may have found none.
bool SeriesBook::end_those_left(CellTable& left) {
  bool has_room = false;
  std::erase_if(leaving_, [&](Series* series) {
    if (!series->is_leaving) return true;  // a thread asked for it again
    if (!may_leave(*series)) {             // something came, or another plan; it will be idle again
      series->is_leaving = false;
      return true;
    }
    ++series->waits;
    if (has_a_thread(*series)) return false;
    has_room |= series->storage->overflow != nullptr;
    end(*series, left);
    return true;
  });
  return has_room;
}

void SeriesBook::end(Series& series, CellTable& left) {
  left.drop(series);
  Storage& storage = *series.storage;
  storage.free_ordinals.push_back(series.ordinal);
  storage.by_attributes.erase(series.attributes);
  if (series.last_value != nullptr) free_exemplars(*series.last_value);
  series.last_value.reset();
  series.attributes = {};
  series.idle = {};
  series.updates = 0;
  series.is_leaving = false;
  free_.push_back(&series);
}

void SeriesBook::restart(std::uint64_t now) {
  for (Series* series : leaving_) series->is_leaving = false;
  leaving_.clear();
  for (Series& series : all_) {
    series.start_unix_nanoseconds.store(now, std::memory_order_relaxed);
    // A thread of the parent's may have been within these, so they are left alone for ever.
    new (&series.idle) std::vector<std::uint8_t>;
    if (series.last_value == nullptr) continue;
    static_cast<void>(series.last_value.release());
    series.last_value = std::make_unique<LastValueCell>();
    series.updates = 0;
  }
}

}  // namespace ergon::inline v0::telemetry
