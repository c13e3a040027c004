#include "task/loop_thread.hpp"

#include <ergon/task/task_context.hpp>

namespace ergon::inline v0 {
namespace detail {
namespace {

constinit thread_local LoopCell* t_cell = nullptr;

}  // namespace

HeartbeatScope::HeartbeatScope(LoopCell& cell) noexcept { t_cell = &cell; }
HeartbeatScope::~HeartbeatScope() { t_cell = nullptr; }

}  // namespace detail

void TaskContext::heartbeat() const noexcept {
  if (detail::t_cell != nullptr) detail::t_cell->step();
}

}  // namespace ergon::inline v0
