#pragma once

#include <string>
#include <string_view>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::telemetry {

// What the console shows of logs and metrics, made from the bytes that would go to a Collector; spans are
// console_tree's. A name or message can't forge a line: control bytes are escaped.

/// `[time] [LEVEL] [logger] message key=value trace_id=… span_id=…`
[[nodiscard]] std::string logs_as_text(const ExportBatch& batch);

/// One JSON object a line: time, level, logger, message, trace_id, span_id, trace_flags, attributes,
/// resource.
[[nodiscard]] std::string logs_as_json(const ExportBatch& batch);

/// A line for each point: name, attributes, value or distribution.
[[nodiscard]] std::string points_as_text(const ExportBatch& batch);

}  // namespace ergon::telemetry
