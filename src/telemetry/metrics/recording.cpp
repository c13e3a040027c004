#include <bit>
#include <cmath>

#include <ergon/telemetry/instrument.hpp>

#include "telemetry/metrics/cell_table.hpp"
#include "telemetry/record/thread_block.hpp"

// The caller's side of metrics: attributes are encoded on the stack, looked up in the thread's cache, and the
// cell is written. No lock once the thread has seen the set of attributes.

namespace ergon::detail {

using namespace telemetry;

namespace {

CellTable* this_thread_cells(ThreadBlock& block) {
  CellTable* cells = block.cells.load(std::memory_order_relaxed);
  if (cells == nullptr) [[unlikely]] {
    cells = new CellTable;
    block.cells.store(cells, std::memory_order_release);
  }
  return cells;
}

// The cell of these attributes, or null: no room, or metrics are off.
CellTable::Cell find_cell(const Instrument& instrument, Attributes attributes) {
  if (!g_recording.records_metrics.load(std::memory_order_relaxed)) return {nullptr};
  ThreadBlock* block = this_thread_block();
  if (block == nullptr) return {nullptr};
  SpanBody encoded;
  reset_body(encoded);
  for (const Attribute& attribute : attributes) {
    if (attribute.key.empty()) continue;
    append_attribute(encoded, instrument.attribute_tag(), attribute.key, attribute.value);
  }
  const CellTable::Cell cell = this_thread_cells(*block)->find_or_make(
      instrument, {reinterpret_cast<const char*>(encoded.data), encoded.size});
  release_body(encoded);
  return cell;
}

template <class T>
void add_to_cell(const Instrument& instrument, T value, Attributes attributes) noexcept try {
  const CellTable::Cell cell = find_cell(instrument, attributes);
  if (cell.any == nullptr) return;
  const T before = std::bit_cast<T>(cell.sum->bits.load(std::memory_order_relaxed));
  cell.sum->bits.store(std::bit_cast<std::uint64_t>(sum_of(before, value)), std::memory_order_relaxed);
  cell.sum->is_used.store(true, std::memory_order_relaxed);
} catch (...) {  // no memory for a new series: telemetry never throws into the program
}

}  // namespace

void add(const Instrument& instrument, std::int64_t value, Attributes attributes) noexcept {
  if (value >= 0) add_to_cell(instrument, value, attributes);
}

void add(const Instrument& instrument, double value, Attributes attributes) noexcept {
  if (value >= 0 && std::isfinite(value)) add_to_cell(instrument, value, attributes);
}

void record(const Instrument& instrument, double value, Attributes attributes) noexcept try {
  if (!std::isfinite(value)) return;
  const CellTable::Cell cell = find_cell(instrument, attributes);
  if (cell.any != nullptr) cell.histogram->record(value, instrument.boundaries);
} catch (...) {
}

}  // namespace ergon::detail
