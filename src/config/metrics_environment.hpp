#pragma once

#include <string>

#include <ergon/config/metrics_config.hpp>

#include "config/node.hpp"

namespace ergon::config {

/// Puts what OTEL_METRIC_EXPORT_INTERVAL, OTEL_METRIC_EXPORT_TIMEOUT, OTEL_METRICS_EXEMPLAR_FILTER and, for
/// readers that export by OTLP, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE and
/// OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION say in place of what the configuration has, but
/// for keys that a file has: `file` is its root, null where there is none, and `path` that of the metrics
/// section in it. A value that can't be read is reported on stderr and ignored, a time beyond the longest is
/// the longest, and no limit of time is that, too (specification:
/// configuration/sdk-environment-variables.md). Like getenv.
void apply_metrics_environment(MetricsConfig& config, const Node* file = nullptr,
                               const std::string& path = "metrics");

}  // namespace ergon::config
