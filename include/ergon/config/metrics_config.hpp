#pragma once

#include <chrono>
#include <vector>

#include <ergon/config/exporters.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/resource_attributes.hpp>

namespace ergon {

/// Collects all instruments at a fixed interval and exports them. In YAML: `periodic`.
struct PeriodicReader {
  /// From one collection to the next.
  std::chrono::milliseconds interval{60'000};
  Exporter exporter{};
};

/// How metrics leave the process. In YAML a map with one key: `{periodic: {interval: 10s}}`.
using MetricReader = OneOf<PeriodicReader>;
extern template class OneOf<PeriodicReader>;

namespace detail {

ERGON_API std::vector<MetricReader> default_metric_readers();

}  // namespace detail

/// Metrics. The default collects once a minute and sends to an OTLP backend on this machine. In YAML:
/// `metrics`.
struct MetricsConfig {
  /// One reader; more than one is refused for now. By default a PeriodicReader.
  std::vector<MetricReader> readers = detail::default_metric_readers();
  /// Attributes of the resource for this signal only.
  ResourceAttributes resource{};
};

}  // namespace ergon
