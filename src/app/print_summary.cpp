#include "app/print_summary.hpp"

#include <stdio_ext.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "app/run_summary.hpp"
#include "base/output.hpp"
#include "base/sigpipe_held_back.hpp"

namespace ergon::inline v0::detail {
namespace {

constexpr std::chrono::seconds kMostWait{1};
using Deadline = base::Output::Clock::time_point;

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
void flush_stdout(const base::Output& output, Deadline deadline) {
  const base::SigpipeHeldBack held_back;
  if (__fpending(stdout) > 0 && output.wait_until_writable(deadline)) std::fflush(stdout);
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
  const Deadline deadline = base::Output::Clock::now() + kMostWait;
  const base::Output output(STDOUT_FILENO);
  flush_stdout(output, deadline);
  auto summary = format == SummaryFormat::json ? summary_json(report) : summary_text(report);
  output.write_until(own_line(std::move(summary), report.statistics), deadline);
}

}  // namespace ergon::inline v0::detail
