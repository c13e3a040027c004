#include "telemetry/metrics/left_cells.hpp"

#include <new>

#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/record/thread_block.hpp"

namespace ergon::inline v0::telemetry {

LeftCells& LeftCells::instance() {
  static auto* const kCells = new LeftCells;
  return *kCells;
}

namespace {

// While the library loads: no fork can find the guard above held.
[[maybe_unused]] const LeftCells* const kMadeAtLoad = &LeftCells::instance();

}  // namespace

void LeftCells::take_from_gone_threads() {
  for (ThreadBlock* block = g_threads.first(); block != nullptr; block = block->next) {
    const std::unique_ptr<CellTable> cells(g_threads.take_idle_cells(*block));
    if (cells == nullptr) continue;
    cells->forget_ways();
    table_->absorb(*cells);
  }
}

void LeftCells::take_leaving(CellTable& own) {
  const std::unique_lock guard(mutex_, std::try_to_lock);
  if (!guard.owns_lock()) return;
  for (const Series* series : InstrumentRegistry::instance().leaving()) own.pass_on(*series, *table_);
}

void LeftCells::reset_in_child() {
  new (&mutex_) std::mutex;
  static_cast<void>(table_.release());
  table_ = std::make_unique<CellTable>();
}

}  // namespace ergon::inline v0::telemetry
