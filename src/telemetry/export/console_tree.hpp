#pragma once

#include <string>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

/// The spans of a batch as trees, one for each trace: a line with its id, service and start; then a line for
/// each span, indented below its parent: offset in the trace, duration, name, kind, status, id; then its
/// attributes, events and links. A parent that the batch does not hold is named. No name or value can forge a
/// line.
[[nodiscard]] std::string spans_as_text(const ExportBatch& batch);

/// The same for a terminal that shows colours.
[[nodiscard]] std::string spans_in_colour(const ExportBatch& batch);

}  // namespace ergon::inline v0::telemetry
