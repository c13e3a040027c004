#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <ergon/config/custom.hpp>
#include <ergon/config/exporters.hpp>
#include <ergon/config/metric_preferences.hpp>
#include <ergon/config/one_of.hpp>

namespace ergon::inline v0 {

/// OtlpGrpcExporter for metrics. In YAML: `otlp_grpc`.
struct OtlpGrpcMetricExporter {
  std::string endpoint{"http://localhost:4317"};
  TlsConfig tls{};
  std::vector<OtlpHeader> headers{};
  std::string headers_list{};
  OtlpCompression compression{OtlpCompression::none};
  std::chrono::milliseconds timeout{10'000};
  std::int64_t max_request_size{4 << 20};
  std::int64_t max_response_size{4 << 20};
  std::string proxy{};
  OtlpRetry retry{};
  TemporalityPreference temporality_preference{TemporalityPreference::cumulative};
  HistogramAggregation default_histogram_aggregation{HistogramAggregation::explicit_buckets};
};

/// OtlpHttpExporter for metrics. In YAML: `otlp_http`.
struct OtlpHttpMetricExporter {
  std::string endpoint{};
  TlsConfig tls{};
  std::vector<OtlpHeader> headers{};
  std::string headers_list{};
  OtlpCompression compression{OtlpCompression::none};
  OtlpEncoding encoding{OtlpEncoding::protobuf};
  std::chrono::milliseconds timeout{10'000};
  std::int64_t max_request_size{4 << 20};
  std::int64_t max_response_size{4 << 20};
  std::string proxy{};
  OtlpRetry retry{};
  TemporalityPreference temporality_preference{TemporalityPreference::cumulative};
  HistogramAggregation default_histogram_aggregation{HistogramAggregation::explicit_buckets};
};

/// OtlpFileExporter for metrics. In YAML: `otlp_file/development`.
struct OtlpFileMetricExporter {
  std::string output_stream{"stdout"};
  std::int64_t max_bytes{100'000'000};
  std::int64_t backup_count{5};
  std::string permissions{"0640"};
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
using MetricExporterConfig = OneOf<OtlpGrpcMetricExporter, OtlpHttpMetricExporter, OtlpFileMetricExporter,
                                   ConsoleMetricExporter, InMemoryMetricExporter, Custom>;
extern template class OneOf<OtlpGrpcMetricExporter, OtlpHttpMetricExporter, OtlpFileMetricExporter,
                            ConsoleMetricExporter, InMemoryMetricExporter, Custom>;

}  // namespace ergon::inline v0
