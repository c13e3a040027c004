#pragma once

#include <optional>
#include <utility>

#include "telemetry/worker/export_batch.hpp"

namespace ergon::inline v0::telemetry {

/// Halves a batch between two of its records; points of one metric are records as well. Nothing when it holds
/// a single one.
[[nodiscard]] std::optional<std::pair<ExportBatch, ExportBatch>> split(const ExportBatch& batch);

}  // namespace ergon::inline v0::telemetry
