#include "task/supervisor/liveness.hpp"

#include <fmt/format.h>

namespace ergon::inline v0::detail {

void Liveness::begin(TimePoint now, const Board& board, std::size_t worker) {
  phase_ = board.worker(worker).phase.load(std::memory_order_relaxed);
  phase_since_ = now;
  loops_.assign(board.loops(), {.progress = 0, .at = now});
}

std::string Liveness::complaint(TimePoint now, const Board& board, std::size_t worker,
                                const SupervisionConfig& limits) {
  const WorkerPhase phase = board.worker(worker).phase.load(std::memory_order_relaxed);
  if (phase != phase_) begin(now, board, worker);
  if (phase == WorkerPhase::running) return loop_complaint(now, board, worker, limits.unhealthy_grace);
  const auto grace = phase == WorkerPhase::starting ? limits.startup_grace : limits.shutdown_grace;
  if (now - phase_since_ <= grace) return {};
  return fmt::format("it has been {} for more than {} ms", phase_name(phase), grace.count());
}

// A loop that has ended does nothing more, while others go on; when all have, the worker is to go on.
std::string Liveness::loop_complaint(TimePoint now, const Board& board, std::size_t worker,
                                     std::chrono::milliseconds grace) {
  bool have_all_ended = true;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    const LoopCell& loop = board.loop(worker, i);
    if (loop.progress() != loops_[i].progress) loops_[i] = {loop.progress(), now};
    have_all_ended = have_all_ended && loop.phase() == LoopPhase::ended;
  }
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    const LoopCell& loop = board.loop(worker, i);
    const bool may_rest = loop.phase() == LoopPhase::ended && !have_all_ended;
    if (may_rest) loops_[i].at = now;
    if (now - loops_[i].at > grace)
      return fmt::format("loop {} has been {} for more than {} ms", i, phase_name(loop.phase()),
                         grace.count());
  }
  return {};
}

}  // namespace ergon::inline v0::detail
