#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "task/board.hpp"

namespace ergon::inline v0::detail {

/// What a worker process has of the run that it is a part of.
struct WorkerSeat {
  /// Where it tells how it is, as the worker `index`.
  const Board& board;
  std::size_t index{0};
  std::string run_id{};
  /// As `TaskContext::run_folder`.
  std::string run_folder{};
  /// A descriptor whose end says that the supervisor is gone; -1 where there is none.
  int lifeline{-1};
  /// When the run began, and what the workers that had this seat before have done, for its limits.
  std::chrono::steady_clock::time_point run_start{std::chrono::steady_clock::now()};
  std::uint64_t transactions_before{0};
  /// Whether anybody looks at how its telemetry gets on.
  bool shows_progress{false};
};

}  // namespace ergon::inline v0::detail
