#pragma once

#include <string>
#include <utility>

#include "task/stop_signals.hpp"
#include "task/worker.hpp"

namespace ergon::test {

/// A worker with all that a process of its own would give it.
class WorkerStand {
 public:
  explicit WorkerStand(const ergon::detail::WorkerPlan& plan, std::stop_source stop)
      : board_(1, ergon::detail::loop_count(plan)),
        worker_(plan, {.task = plan.task, .execution_id = "e-1"}, seat_, watch_, std::move(stop)) {}

  std::string live() { return worker_.live(); }
  [[nodiscard]] ergon::detail::Tally tally() const { return board_.tally(0); }
  [[nodiscard]] bool is_used_up() const { return worker_.is_used_up(); }

 private:
  ergon::detail::Board board_;
  ergon::detail::WorkerSeat seat_{.board = board_};
  ergon::detail::AttemptWatch watch_{{}};
  ergon::detail::Worker worker_;
};

}  // namespace ergon::test
