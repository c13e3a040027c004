#pragma once

#include <span>
#include <vector>

#include <ergon/extend/exporter.hpp>
#include <ergon/extend/metric_data.hpp>

namespace ergon::inline v0 {

/// Takes metrics, as values, to a place of the program's own choosing (specification:
/// metrics/sdk.md#metricexporter). It is a `TelemetryExporter`, registered, made, called, flushed and shut
/// down as that says, but for metrics alone: a reader names it, `periodic: {exporter: {name: {options}}}`,
/// and it says itself which temporality and histograms it wants (`temporality_preference`,
/// `default_histogram_aggregation`). Named for spans or logs, it keeps the session from starting.
class ERGON_API MetricExporter : public TelemetryExporter {
 public:
  /// The points of one collection, or a part of them where the reader or a request of 4 MiB limits it; never
  /// of two. Borrowed for the call. Answers whether they were taken. False, as an exception, means that all
  /// of them are lost: counted as dropped (`non_retryable`), and told on stderr, once in ten seconds at most.
  virtual bool export_metrics(std::span<const MetricData> metrics) = 0;

  bool export_batch(const ExportedBatch& batch) final {
    const std::vector<MetricData> metrics = batch.metrics();
    return export_metrics(metrics);
  }
  [[nodiscard]] bool takes(telemetry::Signal signal) const final {
    return signal == telemetry::Signal::metric_points;
  }
};

}  // namespace ergon::inline v0
