#pragma once

#include <string>

#include "app/command_line.hpp"
#include "task/worker_report.hpp"

namespace ergon::inline v0::detail {

/// Writes the summary to stdout, after all that the program printed. Takes a second at most: what nobody
/// reads until then is given up, so that the process ends with its own exit code.
void print_summary(const WorkerReport& report, SummaryFormat format);

/// The summary as a line of its own: begins with a newline where the console was stopped while it wrote.
[[nodiscard]] std::string own_line(std::string summary, const telemetry::Statistics& statistics);

}  // namespace ergon::inline v0::detail
