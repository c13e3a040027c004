#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>

#include <ergon/telemetry/instrument.hpp>

#include "telemetry/metrics/cell_table.hpp"
#include "telemetry/metrics/encode_given.hpp"
#include "telemetry/metrics/exponential_cell.hpp"
#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/metrics/left_cells.hpp"
#include "telemetry/metrics/saturating.hpp"
#include "telemetry/record/thread_block.hpp"

// The caller's side of metrics: the thread finds its cells and writes them. No lock once it has seen the set
// of attributes.

namespace ergon::inline v0::detail {

using namespace telemetry;

namespace {

constexpr std::uint32_t kMostExemplars = 20;  // of exponential buckets; explicit ones have one each

// The table follows the plan of now, or there is none: metrics are off, or the thread is the SDK's own.
[[gnu::cold, gnu::noinline]] CellTable* follow_plan() {
  const std::uint32_t generation = g_recording.metrics_generation.load(std::memory_order_relaxed);
  if (generation == kMetricsOff) return nullptr;
  ThreadBlock* const block = this_thread_block();
  if (block == nullptr) return nullptr;
  CellTable* cells = block->cells.load(std::memory_order_relaxed);
  if (cells == nullptr) {
    cells = new CellTable;
    block->cells.store(cells, std::memory_order_release);
  }
  cells->forget_ways();
  LeftCells::instance().take_leaving(*cells);
  t_thread.cells = cells;
  t_thread.metrics_generation = generation;
  return cells;
}

[[gnu::always_inline]] inline bool follows_plan() noexcept {
  return t_thread.metrics_generation == g_recording.metrics_generation.load(std::memory_order_relaxed);
}

[[gnu::always_inline]] inline CellTable* this_thread_cells() {
  if (follows_plan()) [[likely]]
    return t_thread.cells;
  return follow_plan();
}

template <class T>
void add_to(SumCell& cell, T value) noexcept {
  const T before = std::bit_cast<T>(cell.bits.load(std::memory_order_relaxed));
  cell.bits.store(std::bit_cast<std::uint64_t>(sum_of(before, value)), std::memory_order_relaxed);
}

template <class T>
inline constexpr CellKind kSumOf = std::is_floating_point_v<T> ? CellKind::real_sum : CellKind::integer_sum;

template <class T>
[[gnu::noinline]] void take_other(Cell& cell, T value) noexcept {
  switch (cell.kind) {
    case CellKind::last_value: {
      auto& last = static_cast<LastValueCell&>(cell);
      last.bits.store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
      last.is_new.store(true, std::memory_order_release);
      return;
    }
    case CellKind::explicit_buckets:
      return static_cast<HistogramCell&>(cell).record(static_cast<double>(value));
    case CellKind::exponential_buckets:
      return static_cast<ExponentialCell&>(cell).record(static_cast<double>(value));
    default:
      return;
  }
}

// The usual cells without a detour.
template <class T>
[[gnu::always_inline]] inline void take(Cell& cell, T value) noexcept {
  if (cell.kind == kSumOf<T>) return add_to(static_cast<SumCell&>(cell), value);
  if (cell.kind == CellKind::explicit_buckets)
    return static_cast<HistogramCell&>(cell).record(static_cast<double>(value));
  take_other(cell, value);
}

// The place of a value among a cell's exemplars.
template <class T>
std::uint32_t place_of(const Cell& cell, T value) noexcept {
  if (cell.kind != CellKind::explicit_buckets) return 0;
  return static_cast<std::uint32_t>(
      static_cast<const HistogramCell&>(cell).bucket_of(static_cast<double>(value)));
}

// Histograms' exemplars are doubles, whatever was measured.
template <class T>
std::uint64_t bits_for(const Cell& cell, T value) noexcept {
  const bool is_histogram =
      cell.kind == CellKind::explicit_buckets || cell.kind == CellKind::exponential_buckets;
  return is_histogram ? std::bit_cast<std::uint64_t>(static_cast<double>(value))
                      : std::bit_cast<std::uint64_t>(value);
}

// Without memory or room in the budget there are none.
[[gnu::cold, gnu::noinline]] ExemplarReservoir* make_exemplars(Cell& cell) noexcept {
  std::uint32_t places = 1;
  const bool is_aligned = cell.kind == CellKind::explicit_buckets;
  if (is_aligned) places = static_cast<HistogramCell&>(cell).bucket_count();
  if (cell.kind == CellKind::exponential_buckets)
    places = std::min(kMostExemplars, static_cast<ExponentialCell&>(cell).max_size());
  if (!g_budget.try_take_for_cells(ExemplarReservoir::bytes(places))) return nullptr;
  try {
    auto* const made = new ExemplarReservoir(places, is_aligned);
    cell.exemplars.store(made, std::memory_order_release);
    return made;
  } catch (...) {
    g_budget.give_back_of_cells(ExemplarReservoir::bytes(places));
    return nullptr;
  }
}

template <class T>
[[gnu::always_inline]] inline void offer_to(const Target& target, T value, const SpanContext* span) noexcept {
  Cell& cell = *target.cell;
  if (cell.kind == CellKind::nowhere) return;
  ExemplarReservoir* exemplars = cell.exemplars.load(std::memory_order_relaxed);
  if (exemplars == nullptr) [[unlikely]]
    exemplars = make_exemplars(cell);
  if (exemplars == nullptr) return;
  exemplars->offer(place_of(cell, value), {bits_for(cell, value), span, target.dropped}, t_thread.block->ids);
}

// A last value's cell is all threads': who comes second goes without.
template <class T>
[[gnu::noinline]] void offer_to_shared(const Target& target, T value, const SpanContext* span) noexcept {
  auto& cell = static_cast<LastValueCell&>(*target.cell);
  if (cell.is_offering.exchange(true, std::memory_order_acquire)) return;
  offer_to(target, value, span);
  cell.is_offering.store(false, std::memory_order_release);
}

template <class T>
[[gnu::always_inline]] inline void offer_to_any(const Target& target, T value,
                                                const SpanContext* span) noexcept {
  if (target.cell->kind == CellKind::last_value) [[unlikely]]
    return offer_to_shared(target, value, span);
  offer_to(target, value, span);
}

// Kept out of the way of those without a span.
template <class T>
[[gnu::noinline]] void offer_exemplar(const CellSet& cells, T value) noexcept {
  const SpanContext* const span = current_span();
  offer_to_any(cells.first, value, span);
  if (cells.more == nullptr) [[likely]]
    return;
  for (const Target& target : *cells.more) offer_to_any(target, value, span);
}

// Whether measurements of this thread may be exemplars now.
[[gnu::always_inline]] inline bool may_be_exemplars() noexcept {
  const SpanContext* const span = current_span();
  const ExemplarFilter filter = g_recording.exemplar_filter.load(std::memory_order_relaxed);
  if (filter == ExemplarFilter::trace_based) [[likely]]
    return span != nullptr && span->is_sampled();
  return filter == ExemplarFilter::always_on;
}

template <class T>
[[gnu::noinline]] void take_any(const CellSet& cells, T value) noexcept {
  if (cells.first.cell == nullptr) return;
  take(*cells.first.cell, value);
  if (cells.more != nullptr) {
    for (const Target& target : *cells.more) take(*target.cell, value);
  }
  if (may_be_exemplars()) offer_exemplar(cells, value);
}

// A sum of one stream is the shortest way: calls come last, so it needs no stack.
template <class T>
[[gnu::always_inline]] inline void take(const CellSet& cells, T value) noexcept {
  Cell* const cell = cells.first.cell;
  if (cell == nullptr || cell->kind != kSumOf<T> || cells.more != nullptr) return take_any(cells, value);
  add_to(static_cast<SumCell&>(*cell), value);
  if (!may_be_exemplars()) return;
  ExemplarReservoir* const exemplars = cell->exemplars.load(std::memory_order_relaxed);
  if (exemplars == nullptr || !exemplars->leaves_out(0)) offer_exemplar(cells, value);
}

bool is_finite(std::int64_t) noexcept { return true; }
bool is_finite(double value) noexcept { return std::isfinite(value); }

// Without memory for new cells the measurement is lost: telemetry never throws into the program.
template <class T>
[[gnu::always_inline]] inline void measure_unbound(const Instrument& instrument, T value,
                                                   Attributes attributes) noexcept try {
  if (!instrument.is_enabled.load(std::memory_order_relaxed) || !is_finite(value)) return;
  CellTable* const cells = this_thread_cells();
  if (cells != nullptr) [[likely]]
    take(cells->find(instrument, attributes), value);
} catch (...) {
}

template <class T>
[[gnu::cold, gnu::noinline]] void measure_bound_at_first(Binding binding, T value) noexcept try {
  CellTable* const cells = this_thread_cells();
  if (cells != nullptr) take(cells->find(binding), value);
} catch (...) {
}

template <class T>
[[gnu::always_inline]] inline void measure_bound(Binding binding, T value) noexcept {
  if (!is_finite(value)) return;
  if (follows_plan()) [[likely]] {
    if (const CellSet* const cells = t_thread.cells->known(binding)) [[likely]]
      return take(*cells, value);
  }
  measure_bound_at_first(binding, value);
}

}  // namespace

void measure(const Instrument& instrument, std::int64_t value, Attributes attributes) noexcept {
  measure_unbound(instrument, value, attributes);
}

void measure(const Instrument& instrument, double value, Attributes attributes) noexcept {
  measure_unbound(instrument, value, attributes);
}

void measure(Binding binding, std::int64_t value) noexcept { measure_bound(binding, value); }

void measure(Binding binding, double value) noexcept { measure_bound(binding, value); }

Binding bind(const Instrument& instrument, Attributes attributes) noexcept try {
  const EncodedSet encoded(attributes);
  return InstrumentRegistry::instance().bind(instrument, encoded.bytes());
} catch (...) {  // no memory
  return kNoBinding;
}

}  // namespace ergon::inline v0::detail
