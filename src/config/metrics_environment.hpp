#pragma once

#include <string>

#include <ergon/config/metrics_config.hpp>

#include "config/origins.hpp"

namespace ergon::inline v0::config {

/// Puts what OTEL_METRIC_EXPORT_INTERVAL, OTEL_METRIC_EXPORT_TIMEOUT, OTEL_METRICS_EXEMPLAR_FILTER and, for
/// readers that export by OTLP, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE and
/// OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION say in place of what the configuration has, but
/// for keys that a text has; `path` is that of the metrics section. A value that can't be read is reported on
/// stderr and ignored, a time beyond the longest is the longest, and no limit of time is that, too
/// (specification: configuration/sdk-environment-variables.md). Like getenv.
void apply_metrics_environment(MetricsConfig& config, Origins& origins, const std::string& path);

}  // namespace ergon::inline v0::config
