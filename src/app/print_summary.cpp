#include "app/print_summary.hpp"

#include <stdio_ext.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "app/run_summary.hpp"
#include "base/bounded_write.hpp"

namespace ergon::detail {
namespace {

constexpr std::chrono::seconds kMostWait{1};

// How the session names the stream that the summary goes to.
constexpr std::string_view kConsole = "console";

bool was_stopped(const telemetry::SignalStatistics& signal) {
  constexpr auto kShutdown = static_cast<std::size_t>(telemetry::DropReason::shutdown);
  return std::ranges::any_of(signal.destinations, [](const auto& destination) {
    return destination.name == kConsole && destination.counts.dropped[kShutdown] > 0;
  });
}

// What the program printed and did not flush comes first. It is no more than a writable pipe takes at once;
// what is not taken is dropped, for exit would wait for it.
void flush_stdout(base::WriteDeadline deadline) {
  const base::PipeSignalHeld held;
  if (__fpending(stdout) > 0 && base::wait_until_writable(STDOUT_FILENO, deadline)) std::fflush(stdout);
  __fpurge(stdout);
}

}  // namespace

std::string own_line(std::string summary, const telemetry::Statistics& statistics) {
  const bool may_be_within_a_line =
      was_stopped(statistics.spans) || was_stopped(statistics.logs) || was_stopped(statistics.metric_points);
  if (may_be_within_a_line) summary.insert(summary.begin(), '\n');
  return summary;
}

void print_summary(const WorkerReport& report, SummaryFormat format) {
  const auto deadline = base::WriteDeadline::clock::now() + kMostWait;
  flush_stdout(deadline);
  auto summary = format == SummaryFormat::json ? summary_json(report) : summary_text(report);
  base::write_until(STDOUT_FILENO, own_line(std::move(summary), report.statistics), deadline);
}

}  // namespace ergon::detail
