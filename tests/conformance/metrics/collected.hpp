#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/otlp/decoded.hpp"

namespace ergon::test {

using proto::metrics::v1::AGGREGATION_TEMPORALITY_CUMULATIVE;
using proto::metrics::v1::AGGREGATION_TEMPORALITY_DELTA;

/// Metrics alone, by this section.
inline TelemetryConfig with_metrics(MetricsConfig metrics) {
  TelemetryConfig config = everything();
  config.metrics = std::move(metrics);
  return config;
}

/// One reader of this preference.
inline TelemetryConfig with_temporality(TemporalityPreference preference) {
  const OtlpGrpcMetricExporter exporter{.temporality_preference = preference};
  return with_metrics({.readers = {PeriodicReader{.exporter = exporter}}});
}

/// A collection of now, the metrics of this name. There is none of the flush before.
inline std::vector<ProtoMetric> collect(MemorySession& session, std::string_view name) {
  std::vector<ProtoMetric> metrics;
  for (const std::string& bytes : session.take(telemetry::Signal::metric_points)) {
    const auto request = decode<ExportMetricsServiceRequest>(bytes);
    for (const auto& resource : request.resource_metrics()) {
      for (const auto& scope : resource.scope_metrics()) {
        for (const ProtoMetric& metric : scope.metrics()) {
          if (metric.name() == name) metrics.push_back(metric);
        }
      }
    }
  }
  return metrics;
}

/// A collection of now, all metrics by name; of several of one name the last.
inline std::map<std::string, ProtoMetric> collect_all(MemorySession& session) {
  std::map<std::string, ProtoMetric> all;
  for (const std::string& bytes : session.take(telemetry::Signal::metric_points)) {
    const auto request = decode<ExportMetricsServiceRequest>(bytes);
    for (const auto& resource : request.resource_metrics()) {
      for (const auto& scope : resource.scope_metrics()) {
        for (const ProtoMetric& metric : scope.metrics()) all[metric.name()] = metric;
      }
    }
  }
  return all;
}

/// The one metric of this name.
inline ProtoMetric collect_one(MemorySession& session, std::string_view name) {
  const auto metrics = collect(session, name);
  EXPECT_EQ(metrics.size(), 1U) << name;
  return metrics.empty() ? ProtoMetric() : metrics.front();
}

}  // namespace ergon::test
