#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h>

#include <utility>

#include "receiver/item_json.hpp"
#include "receiver/value_json.hpp"

namespace ergon::receiver {
namespace {

using nlohmann::json;
namespace metrics = opentelemetry::proto::metrics::v1;

const char* temporality_name(metrics::AggregationTemporality temporality) {
  switch (temporality) {
    case metrics::AGGREGATION_TEMPORALITY_DELTA:
      return "delta";
    case metrics::AGGREGATION_TEMPORALITY_CUMULATIVE:
      return "cumulative";
    default:
      return "unspecified";
  }
}

// For the two messages that hold one number, as_int or as_double: NumberDataPoint and Exemplar.
template <class Number>
void add_value(json& object, const Number& number) {
  if (number.value_case() == Number::kAsInt) {
    object["value_type"] = "int";
    object["value"] = number.as_int();
  } else if (number.value_case() == Number::kAsDouble) {
    object["value_type"] = "double";
    object["value"] = double_json(number.as_double());
  }
}

template <class Point>
json exemplars_json(const Point& point, DuplicateKeys& duplicates) {
  json exemplars = json::array();
  for (const auto& exemplar : point.exemplars()) {
    json object{{"time", time_json(exemplar.time_unix_nano())},
                {"trace_id", hex(exemplar.trace_id())},
                {"span_id", hex(exemplar.span_id())},
                {"attributes", attributes_json(exemplar.filtered_attributes(), duplicates)}};
    add_value(object, exemplar);
    exemplars.push_back(std::move(object));
  }
  return exemplars;
}

// What all kinds of points have.
template <class Point>
json begin_point(const Point& point, DuplicateKeys& duplicates) {
  return {{"attributes", attributes_json(point.attributes(), duplicates)},
          {"start", time_json(point.start_time_unix_nano())},
          {"time", time_json(point.time_unix_nano())},
          {"flags", point.flags()}};
}

// What both kinds of histogram points have.
template <class Point>
json begin_histogram(const Point& point, DuplicateKeys& duplicates) {
  json object = begin_point(point, duplicates);
  object["count"] = point.count();
  if (point.has_sum()) object["sum"] = double_json(point.sum());
  if (point.has_min()) object["min"] = double_json(point.min());
  if (point.has_max()) object["max"] = double_json(point.max());
  object["exemplars"] = exemplars_json(point, duplicates);
  return object;
}

json point_json(const metrics::NumberDataPoint& point, DuplicateKeys& duplicates) {
  json object = begin_point(point, duplicates);
  object["exemplars"] = exemplars_json(point, duplicates);
  add_value(object, point);
  return object;
}

json point_json(const metrics::HistogramDataPoint& point, DuplicateKeys& duplicates) {
  json object = begin_histogram(point, duplicates);
  object["bounds"] = json::array();
  for (const double bound : point.explicit_bounds()) object["bounds"].push_back(double_json(bound));
  object["bucket_counts"] = json(point.bucket_counts());
  return object;
}

json buckets_json(const metrics::ExponentialHistogramDataPoint::Buckets& buckets) {
  return {{"offset", buckets.offset()}, {"bucket_counts", json(buckets.bucket_counts())}};
}

json point_json(const metrics::ExponentialHistogramDataPoint& point, DuplicateKeys& duplicates) {
  json object = begin_histogram(point, duplicates);
  object["scale"] = point.scale();
  object["zero_count"] = point.zero_count();
  object["zero_threshold"] = double_json(point.zero_threshold());
  object["positive"] = buckets_json(point.positive());
  object["negative"] = buckets_json(point.negative());
  return object;
}

json point_json(const metrics::SummaryDataPoint& point, DuplicateKeys& duplicates) {
  json object = begin_point(point, duplicates);
  object["count"] = point.count();
  object["sum"] = double_json(point.sum());
  object["quantiles"] = json::array();
  for (const auto& quantile : point.quantile_values()) {
    object["quantiles"].push_back(
        {{"quantile", double_json(quantile.quantile())}, {"value", double_json(quantile.value())}});
  }
  return object;
}

template <class Data>
json points_json(const Data& data, std::size_t& limit, DuplicateKeys& duplicates) {
  json points = json::array();
  for (const auto& point : data.data_points()) {
    if (limit == 0) break;
    --limit;
    points.push_back(point_json(point, duplicates));
  }
  return points;
}

void add_data(json& item, const metrics::Metric& metric, std::size_t& limit, DuplicateKeys& duplicates) {
  switch (metric.data_case()) {
    case metrics::Metric::kGauge:
      item["type"] = "gauge";
      item["points"] = points_json(metric.gauge(), limit, duplicates);
      break;
    case metrics::Metric::kSum:
      item["type"] = "sum";
      item["temporality"] = temporality_name(metric.sum().aggregation_temporality());
      item["monotonic"] = metric.sum().is_monotonic();
      item["points"] = points_json(metric.sum(), limit, duplicates);
      break;
    case metrics::Metric::kHistogram:
      item["type"] = "histogram";
      item["temporality"] = temporality_name(metric.histogram().aggregation_temporality());
      item["points"] = points_json(metric.histogram(), limit, duplicates);
      break;
    case metrics::Metric::kExponentialHistogram:
      item["type"] = "exponential_histogram";
      item["temporality"] = temporality_name(metric.exponential_histogram().aggregation_temporality());
      item["points"] = points_json(metric.exponential_histogram(), limit, duplicates);
      break;
    case metrics::Metric::kSummary:
      item["type"] = "summary";
      item["points"] = points_json(metric.summary(), limit, duplicates);
      break;
    case metrics::Metric::DATA_NOT_SET:
      item["type"] = "none";
      item["points"] = json::array();
      break;
  }
}

json metric_json(const metrics::Metric& metric, const Origin& origin, std::size_t& limit) {
  DuplicateKeys duplicates;
  json item = {{"signal", "metric"}};
  item["name"] = metric.name();
  item["unit"] = metric.unit();
  item["description"] = metric.description();
  add_data(item, metric, limit, duplicates);
  add_duplicate_keys(item, origin, duplicates);
  return item;
}

}  // namespace

void metric_items(const opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest& request,
                  std::size_t limit, const ItemSink& sink) {
  for (const auto& of_resource : request.resource_metrics()) {
    const Origin resource = origin_of_resource(of_resource.resource(), of_resource.schema_url());
    for (const auto& of_scope : of_resource.scope_metrics()) {
      const Origin origin = with_scope(resource, of_scope.scope(), of_scope.schema_url());
      sink.begin_scope(origin.object);
      for (const auto& metric : of_scope.metrics()) {
        if (limit == 0) return;
        sink.item(metric_json(metric, origin, limit));
      }
    }
  }
}

}  // namespace ergon::receiver
