#include "telemetry/metrics/cell_table.hpp"

#include <sched.h>
#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::telemetry {

namespace {

constinit base::Diagnostic g_no_room{"telemetry: no room for a metric's series, what it counts is lost"};

[[gnu::cold]] CellTable::Cell no_room(const detail::Instrument& instrument) {
  g_no_room.report(instrument.name);
  return {nullptr};
}

}  // namespace

void HistogramCell::record(double value, std::span<const double> boundaries) noexcept {
  const auto bucket =
      static_cast<std::size_t>(std::ranges::lower_bound(boundaries, value) - boundaries.begin());
  const std::uint64_t seen = count.load(std::memory_order_relaxed);
  const std::uint32_t before = version.load(std::memory_order_relaxed);
  version.store(before + 1, std::memory_order_relaxed);
  count.store(seen + 1, std::memory_order_release);
  sum.store(sum.load(std::memory_order_relaxed) + value, std::memory_order_release);
  if (seen == 0 || value < minimum.load(std::memory_order_relaxed))
    minimum.store(value, std::memory_order_release);
  if (seen == 0 || value > maximum.load(std::memory_order_relaxed))
    maximum.store(value, std::memory_order_release);
  auto& cell = buckets[bucket];
  cell.store(cell.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  version.store(before + 2, std::memory_order_release);
}

HistogramCell::Value HistogramCell::read() const {
  Value value;
  value.buckets.resize(bucket_count);
  for (;;) {
    const std::uint32_t before = version.load(std::memory_order_acquire);
    value.count = count.load(std::memory_order_acquire);
    value.sum = sum.load(std::memory_order_acquire);
    value.minimum = minimum.load(std::memory_order_acquire);
    value.maximum = maximum.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < bucket_count; ++i)
      value.buckets[i] = buckets[i].load(std::memory_order_acquire);
    if (before % 2 == 0 && version.load(std::memory_order_relaxed) == before) return value;
    sched_yield();
  }
}

void HistogramCell::reset() noexcept {
  version.store(0, std::memory_order_relaxed);
  count.store(0, std::memory_order_relaxed);
  sum.store(0, std::memory_order_relaxed);
  for (std::size_t i = 0; i < bucket_count; ++i) buckets[i].store(0, std::memory_order_relaxed);
}

CellTable::Cell CellTable::find_or_make(const detail::Instrument& instrument, std::string_view encoded) {
  const std::uint64_t hash =
      XXH3_64bits_withSeed(encoded.data(), encoded.size(), reinterpret_cast<std::uintptr_t>(&instrument));
  const std::size_t mask = cache_.size() - 1;
  for (std::size_t at = hash & mask; cache_[at].instrument != nullptr; at = (at + 1) & mask) {
    const Cached& entry = cache_[at];
    if (entry.hash == hash && entry.instrument == &instrument && entry.key == encoded) return entry.cell;
  }
  const Cell cell = make(instrument, encoded);
  if (cell.any != nullptr) remember({hash, &instrument, cell, std::string(encoded)});
  return cell;
}

CellTable::Cell CellTable::make(const detail::Instrument& instrument, std::string_view encoded) {
  const Series* series = InstrumentRegistry::instance().series(instrument, encoded);
  if (series == nullptr) return no_room(instrument);
  std::atomic<Chunk*>& place = chunks_[series->index / kChunk];
  if (place.load(std::memory_order_relaxed) == nullptr) {
    if (!g_budget.try_take_for_cells(sizeof(Chunk))) return no_room(instrument);
    place.store(new Chunk, std::memory_order_release);
  }
  std::atomic<void*>& cell = place.load(std::memory_order_relaxed)->cells[series->index % kChunk];
  if (void* made = cell.load(std::memory_order_relaxed)) return {made};
  const bool is_histogram = instrument.kind == detail::InstrumentKind::histogram;
  const std::size_t buckets = instrument.boundaries.size() + 1;
  const std::size_t bytes = is_histogram ? sizeof(HistogramCell) + buckets * 8 : sizeof(SumCell);
  if (!g_budget.try_take_for_cells(bytes)) return no_room(instrument);
  void* made =
      is_histogram ? static_cast<void*>(new HistogramCell(buckets)) : static_cast<void*>(new SumCell);
  cell.store(made, std::memory_order_release);
  return {made};
}

// A program that keeps making up attributes does not get an ever larger cache: it starts over. Without room
// in the budget the cell is found by way of the registry, each time.
void CellTable::remember(Cached entry) {
  if (cached_ == kMostCached) {
    cache_ = std::vector<Cached>(kFirstCache);
    cached_ = 0;
    g_budget.give_back_of_cells(std::exchange(cached_bytes_, 0));
  }
  const std::size_t bytes = kBytesPerCached + entry.key.size();
  if (!g_budget.try_take_for_cell_caches(bytes)) return;
  cached_bytes_ += bytes;
  if (++cached_ * 2 > cache_.size()) {
    std::vector<Cached> old = std::exchange(cache_, std::vector<Cached>(cache_.size() * 2));
    for (Cached& kept : old) {
      if (kept.instrument != nullptr) put(std::move(kept));
    }
  }
  put(std::move(entry));
}

void CellTable::put(Cached entry) {
  const std::size_t mask = cache_.size() - 1;
  std::size_t at = entry.hash & mask;
  while (cache_[at].instrument != nullptr) at = (at + 1) & mask;
  cache_[at] = std::move(entry);
}

CellTable::Cell CellTable::at(const Series& series) const noexcept {
  const Chunk* chunk = chunks_[series.index / kChunk].load(std::memory_order_acquire);
  if (chunk == nullptr) return {nullptr};
  return {chunk->cells[series.index % kChunk].load(std::memory_order_acquire)};
}

void CellTable::reset(const std::vector<InstrumentRegistry::InstrumentSeries>& all) noexcept {
  cached_bytes_ = 0;  // the child's budget began empty
  for (const auto& [instrument, series] : all) {
    for (const Series* one : series) {
      const Cell cell = at(*one);
      if (cell.any == nullptr) continue;
      if (instrument->kind == detail::InstrumentKind::histogram) {
        cell.histogram->reset();
      } else {
        cell.sum->bits.store(0, std::memory_order_relaxed);
        cell.sum->is_used.store(false, std::memory_order_relaxed);
      }
    }
  }
}

}  // namespace ergon::telemetry
