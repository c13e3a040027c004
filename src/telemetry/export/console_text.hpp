#pragma once

#include <string>
#include <string_view>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::telemetry {

// What the console shows of metrics, made from the bytes that would go to a Collector; spans are
// console_tree's, and log lines of logging's formats. A name can't forge a line: control bytes are escaped.

/// A line for each point: name, attributes, value or distribution.
[[nodiscard]] std::string points_as_text(const ExportBatch& batch);

}  // namespace ergon::telemetry
