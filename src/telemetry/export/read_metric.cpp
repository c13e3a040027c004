#include "telemetry/export/read_metric.hpp"

#include <utility>
#include <variant>

#include "telemetry/export/value_text.hpp"
#include "telemetry/metrics/read_metric_data.hpp"

namespace ergon::inline v0::telemetry {

namespace {

using testing::PointKind;
using testing::RecordedPoint;

PointKind recorded(MetricKind kind) {
  switch (kind) {
    case MetricKind::gauge:
      return PointKind::gauge;
    case MetricKind::sum:
      return PointKind::sum;
    case MetricKind::histogram:
      return PointKind::histogram;
    case MetricKind::exponential_histogram:
      return PointKind::exponential_histogram;
  }
  return PointKind::sum;
}

testing::RecordedBuckets recorded(ExponentialBucketsData&& buckets) {
  return {buckets.offset, std::move(buckets.counts)};
}

// What a point has of its value, one overload for each kind.
struct Recording {
  RecordedPoint& point;

  void operator()(const NumberData& number) const {
    point.value = std::visit([](auto value) { return static_cast<double>(value); }, number);
  }
  void operator()(HistogramData& histogram) const {
    summarise(histogram);
    point.buckets = std::move(histogram.bucket_counts);
  }
  void operator()(ExponentialHistogramData& histogram) const {
    summarise(histogram);
    point.scale = histogram.scale;
    point.zero_count = histogram.zero_count;
    point.positive = recorded(std::move(histogram.positive));
    point.negative = recorded(std::move(histogram.negative));
  }
  template <class Histogram>
  void summarise(const Histogram& histogram) const {
    point.count = histogram.count;
    point.sum = histogram.sum.value_or(0);
    point.minimum = histogram.minimum.value_or(0);
    point.maximum = histogram.maximum.value_or(0);
  }
};

}  // namespace

void read_metric(std::string_view message, const std::string& scope, std::vector<RecordedPoint>& points) {
  MetricData metric = read_metric_data(message);
  for (PointData& data : metric.points) {
    RecordedPoint& point = points.emplace_back();
    point.scope = scope;
    point.name = metric.name;
    point.unit = metric.unit;
    point.kind = recorded(metric.kind);
    point.is_delta = metric.temporality == Temporality::delta;
    point.attributes = text_of(data.attributes);
    std::visit(Recording{point}, data.value);
  }
}

}  // namespace ergon::inline v0::telemetry
