#pragma once

#include <optional>

#include <ergon/config/metrics_config.hpp>

#include "telemetry/metrics/metrics_plan.hpp"

namespace ergon::inline v0::telemetry {

/// Enters what an exporter wants of its reader.
void prefer(TemporalityPreference temporality, HistogramAggregation histograms, ReaderPlan& plan);

/// What recording threads and collectors are to know of the metrics section; without one, metrics are off.
/// Exporters of the program's own have not been asked yet what they want (`OwnCode`).
[[nodiscard]] MetricsPlan plan_metrics(const std::optional<MetricsConfig>& config);

}  // namespace ergon::inline v0::telemetry
