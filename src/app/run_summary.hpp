#pragma once

#include <string>

#include "task/worker_report.hpp"

namespace ergon::inline v0::detail {

/// What a run did and what became of its telemetry, for people: a few lines.
[[nodiscard]] std::string summary_text(const WorkerReport& report);

/// The same for programs: one JSON object on one line. Reasons that dropped nothing are left out.
[[nodiscard]] std::string summary_json(const WorkerReport& report);

}  // namespace ergon::inline v0::detail
