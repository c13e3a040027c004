#pragma once

#include <stop_token>

#include "task/attempt_watch.hpp"
#include "task/board.hpp"
#include "task/work_budget.hpp"

namespace ergon::inline v0::detail {

/// What one loop thread has of its worker: where it tells how it is, what watches its attempts, what it may
/// still begin, and when it is to stop.
struct LoopThread {
  AttemptSlot& attempts;
  LoopCell& cell;
  WorkBudget& budget;
  std::stop_token stop;
};

/// Makes a cell the one of the calling thread, for `TaskContext::heartbeat`, for a scope.
class [[nodiscard]] HeartbeatScope {
 public:
  explicit HeartbeatScope(LoopCell& cell) noexcept;
  HeartbeatScope(const HeartbeatScope&) = delete;
  HeartbeatScope& operator=(const HeartbeatScope&) = delete;
  ~HeartbeatScope();
};

}  // namespace ergon::inline v0::detail
