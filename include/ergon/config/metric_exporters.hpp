#pragma once

#include <chrono>
#include <string>

#include <ergon/config/custom.hpp>
#include <ergon/config/exporters.hpp>
#include <ergon/config/metric_preferences.hpp>
#include <ergon/config/one_of.hpp>

namespace ergon {

/// OtlpGrpcExporter for metrics. In YAML: `otlp_grpc`.
struct OtlpGrpcMetricExporter {
  std::string endpoint{"http://localhost:4317"};
  /// The limit of one attempt, not of all its retries; 0 is no limit.
  std::chrono::milliseconds timeout{10'000};
  TlsConfig tls{};
  TemporalityPreference temporality_preference{TemporalityPreference::cumulative};
  HistogramAggregation default_histogram_aggregation{HistogramAggregation::explicit_buckets};
};

/// Writes a table of all points to standard output, for people. In YAML: `console`.
struct ConsoleMetricExporter {
  TemporalityPreference temporality_preference{TemporalityPreference::cumulative};
  HistogramAggregation default_histogram_aggregation{HistogramAggregation::explicit_buckets};
};

/// InMemoryExporter for metrics, for tests. In YAML: `in_memory`.
struct InMemoryMetricExporter {
  std::string store{"default"};
  TemporalityPreference temporality_preference{TemporalityPreference::cumulative};
  HistogramAggregation default_histogram_aggregation{HistogramAggregation::explicit_buckets};
};

/// Where a reader's metrics go, and how it wants them. In YAML a map with one key: `exporter: {otlp_grpc:
/// {temporality_preference: delta}}`; one of the program's own (`MetricExporter`, `TelemetryExporter`), which
/// says itself how it wants them, by the name that it is registered under.
using MetricExporterConfig =
    OneOf<OtlpGrpcMetricExporter, ConsoleMetricExporter, InMemoryMetricExporter, Custom>;
extern template class OneOf<OtlpGrpcMetricExporter, ConsoleMetricExporter, InMemoryMetricExporter, Custom>;

}  // namespace ergon
