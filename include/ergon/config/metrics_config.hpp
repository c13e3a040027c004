#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <ergon/config/metric_exporters.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/resource_config.hpp>
#include <ergon/config/views.hpp>

namespace ergon::inline v0 {

/// Which measurements may become exemplars: examples of a point's values that name the span they were made
/// in (specification: metrics/sdk.md#exemplarfilter). In YAML: `always_on`, `always_off`, `trace_based`.
enum class ExemplarFilter : std::uint8_t {
  always_on,
  always_off,
  trace_based  // those made while a sampled span is current
};

/// How many sets of attributes a metric of each kind of instrument has points of, where no view says it; the
/// rest is counted under `otel.metric.overflow=true`. In YAML: `default`, `counter`, `gauge`, `histogram`,
/// `observable_counter`, `observable_gauge`, `observable_up_down_counter`, `up_down_counter`.
struct CardinalityLimits {
  /// Of the kinds that have none of their own. In YAML: `default`.
  std::int64_t otherwise{2'000};
  std::optional<std::int64_t> counter{};
  std::optional<std::int64_t> gauge{};
  std::optional<std::int64_t> histogram{};
  std::optional<std::int64_t> observable_counter{};
  std::optional<std::int64_t> observable_gauge{};
  std::optional<std::int64_t> observable_up_down_counter{};
  std::optional<std::int64_t> up_down_counter{};
};

/// Collects all instruments at a fixed interval, and a last time when the session ends, and exports them. In
/// YAML: `periodic`.
struct PeriodicReader {
  /// From one collection to the next.
  std::chrono::milliseconds interval{60'000};
  /// What the callbacks of observable instruments have; then the collection goes without them.
  std::chrono::milliseconds timeout{30'000};
  CardinalityLimits cardinality_limits{};
  /// Points in one export request, at most: a collection of more goes in several, one after another, and a
  /// metric may be in two of them. None: only bytes limit them, 4 MiB.
  std::optional<std::int64_t> max_export_batch_size{};
  MetricExporterConfig exporter{};
};

/// How metrics leave the process. In YAML a map with one key: `{periodic: {interval: 10s}}`.
using MetricReader = OneOf<PeriodicReader>;
extern template class OneOf<PeriodicReader>;

namespace detail {

ERGON_API std::vector<MetricReader> default_metric_readers();

}  // namespace detail

/// Metrics. The default collects once a minute and sends to an OTLP backend on this machine. Beside what the
/// program measures there is what telemetry tells of itself, `otel.sdk.*`, and in runs of tasks their metrics
/// and those of the process (docs/guide/metrics.md); views drop what is not wanted. In YAML: `metrics`.
struct MetricsConfig {
  /// Side by side: each collects everything, in its own time. By default a PeriodicReader.
  std::vector<MetricReader> readers = detail::default_metric_readers();
  /// In this order; for all readers.
  std::vector<View> views{};
  ExemplarFilter exemplar_filter{ExemplarFilter::trace_based};
  /// Of the resource, for this signal only.
  ResourceConfig resource{};
};

}  // namespace ergon::inline v0
