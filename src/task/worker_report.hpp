#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <ergon/telemetry/statistics.hpp>

#include "task/board.hpp"

namespace ergon::inline v0::detail {

/// What became of a worker, or of several; its telemetry has been shut down when there is one.
struct WorkerReport {
  int exit_code{0};
  /// Why it failed, for people; empty if it did not.
  std::string failure{};
  /// False when telemetry could not be started, so that nothing was done at all.
  bool has_started{false};
  /// It ended since it had done as much as one worker process may; there is more to do.
  bool is_recycled{false};
  Tally transactions{};
  /// Of the loops alone.
  std::chrono::duration<double> duration{0};
  telemetry::Statistics statistics{};
  /// Worker processes that died without a report, whose telemetry's books are lost with them.
  std::uint64_t lost_reports{0};
};

/// The books of one more process. Failure, exit code and duration stay.
void add_books(WorkerReport& sum, const WorkerReport& report);

/// A report as text, for a pipe, and back; nothing where it is none.
[[nodiscard]] std::string to_text(const WorkerReport& report);
[[nodiscard]] std::optional<WorkerReport> report_from_text(std::string_view text);

}  // namespace ergon::inline v0::detail
