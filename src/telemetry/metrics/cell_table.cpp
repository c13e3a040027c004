#include "telemetry/metrics/cell_table.hpp"

#include <xxhash.h>

#include <new>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/metrics/canonical_attributes.hpp"
#include "telemetry/metrics/encode_given.hpp"
#include "telemetry/metrics/exponential_cell.hpp"
#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constinit base::Diagnostic g_no_room{"telemetry: no room for a metric's series, what it counts is lost"};

std::size_t first_bytes_of_cell(const Series& series) {
  const Aggregation& aggregation = series.storage->aggregation;
  switch (aggregation.kind) {
    case Aggregation::Kind::explicit_buckets:
      return HistogramCell::bytes(aggregation.boundaries.size());
    case Aggregation::Kind::exponential_buckets:
      return sizeof(ExponentialCell);  // it takes what it grows by itself
    case Aggregation::Kind::last_value:
      return 0;  // the series'
    default:
      return sizeof(SumCell);
  }
}

// A last value's is the series'.
void free_cell(Cell* cell) noexcept {
  if (cell->kind == CellKind::last_value) return;
  g_budget.give_back_of_cells(bytes_of_cell(*cell));
  destroy_cell(cell);
}

}  // namespace

const CellSet& CellTable::find_by_hash(const detail::Instrument& instrument, Attributes attributes) {
  return GivenAttributes::is_plain(attributes) ? find_plain(instrument, attributes)
                                               : find_encoded(instrument, attributes);
}

template <class Is>
CellTable::Route* CellTable::look_up(std::uint64_t hash, Is is_it) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].route != nullptr; at = (at + 1) & mask) {
    if (slots_[at].hash == hash && is_it(*slots_[at].route)) return slots_[at].route.get();
  }
  return nullptr;
}

const CellSet& CellTable::find_plain(const detail::Instrument& instrument, Attributes attributes) {
  const std::uint64_t hash = GivenAttributes::hash(attributes, &instrument);
  Route* const found = look_up(hash, [&](const Route& route) {
    return route.instrument == &instrument && route.given.is(attributes);
  });
  if (found != nullptr) return follow(*found);
  auto route = std::make_unique<Route>();
  route->instrument = &instrument;
  route->given = GivenAttributes(attributes);
  const EncodedSet encoded(attributes);
  route->cells = make_cells(instrument, encoded.bytes());
  return remember(hash, std::move(route));
}

// Encoding walks ranges, which is the program's code, and may come back here: it is done first.
const CellSet& CellTable::find_encoded(const detail::Instrument& instrument, Attributes attributes) {
  const EncodedSet encoded(attributes);
  const std::string_view bytes = encoded.bytes();
  const std::uint64_t hash =
      XXH3_64bits_withSeed(bytes.data(), bytes.size(), reinterpret_cast<std::uintptr_t>(&instrument));
  Route* const found = look_up(hash, [&](const Route& route) {
    return route.instrument == &instrument && !route.encoded.empty() && route.encoded == bytes;
  });
  if (found != nullptr) return follow(*found);
  auto route = std::make_unique<Route>();
  route->instrument = &instrument;
  route->encoded = bytes;
  route->cells = make_cells(instrument, bytes);
  return remember(hash, std::move(route));
}

// Trust in an order that holds grows, so that it is tried; where sets come in no order, the trial would cost
// more than it saves.
const CellSet& CellTable::follow(Route& route) {
  Route& last = *std::exchange(last_, &route);
  if (last.next == &route) {
    if (last.trust < kMostTrust) ++last.trust;
  } else if (last.trust > 0) {
    --last.trust;
  } else {
    last.next = &route;
  }
  return route.cells;
}

CellSet CellTable::make_cells(const detail::Instrument& instrument, std::string_view encoded) {
  CellSet set;
  std::vector<Target> more;
  bool has_series = false;
  bool has_room = true;
  InstrumentRegistry::instance().visit_series(instrument, encoded,
                                              [&](const InstrumentRegistry::Found& found) {
                                                has_series = true;
                                                const Target target{make(found.series), found.dropped};
                                                if (target.cell == nullptr) {
                                                  has_room = false;
                                                } else if (set.first.cell == nullptr) {
                                                  set.first = target;
                                                } else {
                                                  more.push_back(target);
                                                }
                                              });
  if (!has_room || (!has_series && detail::is_enabled(instrument))) g_no_room.report(instrument.name);
  if (!more.empty()) set.more = std::make_unique<const std::vector<Target>>(std::move(more));
  return set;
}

// A last value's cell is all threads'; here it says that this thread has a way to it.
Cell* CellTable::make(const Series& series) {
  std::atomic<Cell*>* const place = place_of(series);
  if (place == nullptr) return nullptr;
  if (Cell* made = place->load(std::memory_order_relaxed)) return made;
  const std::size_t bytes = first_bytes_of_cell(series);
  if (!g_budget.try_take_for_cells(bytes)) return nullptr;
  try {
    Cell* const made = make_cell(series);
    place->store(made, std::memory_order_release);
    return made;
  } catch (...) {
    g_budget.give_back_of_cells(bytes);
    throw;
  }
}

// Null when there is no room for it.
std::atomic<Cell*>* CellTable::place_of(const Series& series) {
  std::atomic<Chunk*>& chunk = chunks_[series.index / kChunk];
  if (chunk.load(std::memory_order_relaxed) == nullptr) {
    if (!g_budget.try_take_for_cells(sizeof(Chunk))) return nullptr;
    auto* const made = new (std::nothrow) Chunk;
    if (made == nullptr) {
      g_budget.give_back_of_cells(sizeof(Chunk));
      return nullptr;
    }
    chunk.store(made, std::memory_order_release);
  }
  return &chunk.load(std::memory_order_relaxed)->cells[series.index % kChunk];
}

Cell* CellTable::make_cell(const Series& series) {
  const Aggregation& aggregation = series.storage->aggregation;
  switch (aggregation.kind) {
    case Aggregation::Kind::explicit_buckets:
      return make_histogram_cell(aggregation.boundaries);
    case Aggregation::Kind::exponential_buckets:
      return make_exponential_cell(aggregation.max_size, aggregation.max_scale);
    case Aggregation::Kind::last_value:
      return series.last_value.get();
    default:
      return make_sum_cell(series.storage->instrument->is_floating);
  }
}

// A program that keeps making up attributes does not get an ever larger memory of them: it starts over.
// Without room in the budget the cells are found by way of the registry, each time.
const CellSet& CellTable::remember(std::uint64_t hash, std::unique_ptr<Route> route) {
  if (routes_ == kMostRoutes) forget_routes();
  constexpr std::size_t kSlotBytes = 4 * sizeof(Slot);  // a table that grew is a quarter full
  const std::size_t bytes = kSlotBytes + sizeof(Route) + route->given.heap_bytes() + route->encoded.size();
  if (route->cells.first.cell == nullptr || !g_budget.try_take_for_cell_caches(bytes)) {
    passing_ = std::move(route->cells);
    return passing_;
  }
  route_bytes_ += bytes;
  if (++routes_ * 2 > slots_.size()) {
    std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
    for (Slot& kept : old) {
      if (kept.route != nullptr) put(std::move(kept));
    }
  }
  Route& remembered = *route;
  put({hash, std::move(route)});
  return follow(remembered);
}

void CellTable::put(Slot slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = slot.hash & mask;
  while (slots_[at].route != nullptr) at = (at + 1) & mask;
  slots_[at] = std::move(slot);
}

const CellSet& CellTable::find(detail::Binding binding) {
  if (const CellSet* const found = known(binding)) return *found;
  if (binding == detail::kNoBinding) {
    passing_ = {};
    return passing_;
  }
  const InstrumentRegistry::Bound bound = InstrumentRegistry::instance().bound(binding);
  const auto at = static_cast<std::size_t>(binding);
  if (at >= bound_.size()) bound_.resize(at + 1);
  bound_count_ = bound_.size();
  bound_[at].first.cell = &g_nowhere;
  if (detail::is_enabled(*bound.instrument)) bound_[at] = make_cells(*bound.instrument, bound.attributes);
  return bound_[at];
}

void CellTable::forget_ways() {
  forget_routes();
  bound_.clear();
  bound_count_ = 0;
  passing_ = {};
}

void CellTable::forget_routes() {
  last_ = &begin_;
  begin_.next = nullptr;
  begin_.trust = 0;
  slots_ = std::vector<Slot>(kFirstSlots);
  routes_ = 0;
  g_budget.give_back_of_cells(std::exchange(route_bytes_, 0));
}

Cell* CellTable::at(const Series& series) const noexcept {
  const Chunk* chunk = chunks_[series.index / kChunk].load(std::memory_order_acquire);
  return chunk == nullptr ? nullptr : chunk->cells[series.index % kChunk].load(std::memory_order_acquire);
}

// Both tables are the collector's now. A chunk that has no counterpart passes on as it is.
void CellTable::absorb(CellTable& other) noexcept {
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    Chunk* const its = other.chunks_[i].exchange(nullptr, std::memory_order_relaxed);
    if (its == nullptr) continue;
    Chunk* const own = chunks_[i].load(std::memory_order_relaxed);
    if (own == nullptr) {
      chunks_[i].store(its, std::memory_order_release);
      continue;
    }
    for (std::size_t at = 0; at < kChunk; ++at) {
      if (Cell* const cell = its->cells[at].load(std::memory_order_relaxed)) take_in(own->cells[at], cell);
    }
    delete its;
    g_budget.give_back_of_cells(sizeof(Chunk));
  }
}

void CellTable::take_in(std::atomic<Cell*>& place, Cell* cell) noexcept {
  Cell* const kept = place.load(std::memory_order_relaxed);
  if (kept == nullptr) return place.store(cell, std::memory_order_release);
  absorb_cell(*kept, *cell);
  free_cell(cell);
}

void CellTable::pass_on(const Series& series, CellTable& to) {
  Cell* const cell = at(series);
  if (cell == nullptr) return;
  std::atomic<Cell*>* const place = to.place_of(series);
  if (place == nullptr) return;
  place_of(series)->store(nullptr, std::memory_order_release);
  take_in(*place, cell);
}

void CellTable::drop(const Series& series) noexcept {
  Cell* const cell = at(series);
  if (cell == nullptr) return;
  chunks_[series.index / kChunk]
      .load(std::memory_order_relaxed)
      ->cells[series.index % kChunk]
      .store(nullptr, std::memory_order_release);
  free_cell(cell);
}

void CellTable::reset_in_child() noexcept {
  route_bytes_ = 0;  // the child's budget began empty
  forget_ways();
  for (std::atomic<Chunk*>& place : chunks_) {
    const std::unique_ptr<Chunk> chunk(place.exchange(nullptr, std::memory_order_relaxed));
    if (chunk == nullptr) continue;
    for (std::atomic<Cell*>& cell : chunk->cells) {
      if (Cell* const made = cell.load(std::memory_order_relaxed)) destroy_cell(made);
    }
  }
}

}  // namespace ergon::inline v0::telemetry
