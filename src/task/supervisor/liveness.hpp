#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <ergon/config/supervision_config.hpp>

#include "task/board.hpp"

namespace ergon::inline v0::detail {

/// Whether one worker process gets on, by what it tells on the board.
class Liveness {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// The worker is new, or another one.
  void begin(TimePoint now, const Board& board, std::size_t worker);
  /// What is wrong with it, for people; empty where nothing is.
  [[nodiscard]] std::string complaint(TimePoint now, const Board& board, std::size_t worker,
                                      const SupervisionConfig& limits);

 private:
  struct Seen {
    std::uint64_t progress{0};
    TimePoint at{};
  };
  [[nodiscard]] std::string loop_complaint(TimePoint now, const Board& board, std::size_t worker,
                                           std::chrono::milliseconds grace);

  WorkerPhase phase_{WorkerPhase::starting};
  TimePoint phase_since_{};
  std::vector<Seen> loops_;
};

}  // namespace ergon::inline v0::detail
