#pragma once

#include <memory>
#include <mutex>

#include "telemetry/metrics/cell_table.hpp"

namespace ergon::inline v0::telemetry {

/// The cells that threads have left behind: those of threads that are no more, and those of series that
/// leave. A collector holds the lock for a collection, so that it sees each cell in one place.
class LeftCells {
 public:
  [[nodiscard]] static LeftCells& instance();

  [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  /// With the lock.
  [[nodiscard]] CellTable& table() noexcept { return *table_; }
  /// With the lock: takes over the cells of threads that don't come back.
  void take_from_gone_threads();

  /// A thread's, which has forgotten its ways to cells: passes on its cells of series that leave; not while a
  /// collection is under way.
  void take_leaving(CellTable& own);

  /// For the child of a fork, while it has one thread. A thread of the parent's may have been in the midst of
  /// changing the table, so it is left alone for ever.
  void reset_in_child();

 private:
  std::mutex mutex_;
  std::unique_ptr<CellTable> table_ = std::make_unique<CellTable>();
};

}  // namespace ergon::inline v0::telemetry
