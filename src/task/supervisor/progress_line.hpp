#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "task/board.hpp"

namespace ergon::inline v0::detail {

/// How a run gets on.
struct Progress {
  Tally transactions{};
  std::size_t in_flight{0};
  int restarts{0};
  std::uint64_t telemetry_delivered{0};
  std::uint64_t telemetry_dropped{0};
};

/// One line on stderr that is written over once a second, where stderr is a terminal on which no logs appear.
class ProgressLine {
 public:
  explicit ProgressLine(bool is_shown) noexcept : is_shown_(is_shown) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() { clear(); }

  [[nodiscard]] bool is_shown() const noexcept { return is_shown_; }
  void show(const Progress& progress);
  void clear() noexcept;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  bool is_shown_;
  bool is_written_{false};
  TimePoint last_{};
  std::uint64_t last_done_{0};
};

/// `1,234/s  ok 10,000  failed 2  …`; with bold numbers of failures where `has_color`.
[[nodiscard]] std::string progress_text(const Progress& progress, double per_second, bool has_color);

}  // namespace ergon::inline v0::detail
