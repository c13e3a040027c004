#include "receiver/sample_requests.hpp"

#include <google/protobuf/repeated_field.h>

#include <limits>
#include <string>

namespace ergon::receiver {
namespace {

namespace common = opentelemetry::proto::common::v1;
namespace metrics = opentelemetry::proto::metrics::v1;
using KeyValues = google::protobuf::RepeatedPtrField<common::KeyValue>;

common::AnyValue& add(KeyValues& attributes, const std::string& key) {
  auto* const attribute = attributes.Add();
  attribute->set_key(key);
  return *attribute->mutable_value();
}

void add_every_kind(KeyValues& attributes) {
  add(attributes, "string").set_string_value("grüße");
  add(attributes, "bool").set_bool_value(true);
  add(attributes, "int").set_int_value(std::numeric_limits<std::int64_t>::min());
  add(attributes, "whole_double").set_double_value(3.0);
  add(attributes, "nan").set_double_value(std::numeric_limits<double>::quiet_NaN());
  add(attributes, "bytes").set_bytes_value(std::string("\0\xff\x10", 3));
  auto& array = *add(attributes, "array").mutable_array_value();
  array.add_values()->set_int_value(1);
  array.add_values()->set_string_value("two");
  auto& map = *add(attributes, "map").mutable_kvlist_value()->mutable_values();
  add(map, "inner").set_bool_value(false);
  add(attributes, "unset");
}

template <class Resource>
auto& add_resource(Resource& of_resource) {
  add(*of_resource.mutable_resource()->mutable_attributes(), "service.name").set_string_value("test");
  of_resource.set_schema_url("https://example.org/resource");
  return of_resource;
}

template <class Scope>
auto& add_scope(Scope& of_scope) {
  of_scope.mutable_scope()->set_name("scope");
  of_scope.mutable_scope()->set_version("1.2");
  add(*of_scope.mutable_scope()->mutable_attributes(), "scope.key").set_int_value(5);
  of_scope.set_schema_url("https://example.org/scope");
  return of_scope;
}

const std::string kTraceId("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef", 16);
const std::string kSpanId("\xaa\xbb\xcc\xdd\xee\xff\x00\x11", 8);

template <class Point>
void set_times(Point& point) {
  point.set_start_time_unix_nano(1'700'000'000'000'000'001);
  point.set_time_unix_nano(1'700'000'000'000'000'002);
  add(*point.mutable_attributes(), "key").set_string_value("value");
}

template <class Point>
void add_exemplar(Point& point) {
  auto* const exemplar = point.add_exemplars();
  exemplar->set_time_unix_nano(7);
  exemplar->set_as_double(2.5);
  exemplar->set_trace_id(kTraceId);
  exemplar->set_span_id(kSpanId);
  add(*exemplar->mutable_filtered_attributes(), "filtered").set_int_value(9);
}

void add_numbers(metrics::ScopeMetrics& scope) {
  auto* const gauge = scope.add_metrics();
  gauge->set_name("a.gauge");
  gauge->set_unit("By");
  gauge->set_description("a gauge");
  auto* const value = gauge->mutable_gauge()->add_data_points();
  set_times(*value);
  value->set_as_double(1.0);

  auto* const sum = scope.add_metrics();
  sum->set_name("a.sum");
  sum->mutable_sum()->set_is_monotonic(true);
  sum->mutable_sum()->set_aggregation_temporality(metrics::AGGREGATION_TEMPORALITY_CUMULATIVE);
  for (const std::int64_t number : {3, 4}) {
    auto* const point = sum->mutable_sum()->add_data_points();
    set_times(*point);
    point->set_as_int(number);
    add_exemplar(*point);
  }
}

void add_histograms(metrics::ScopeMetrics& scope) {
  auto* const histogram = scope.add_metrics();
  histogram->set_name("a.histogram");
  histogram->mutable_histogram()->set_aggregation_temporality(metrics::AGGREGATION_TEMPORALITY_DELTA);
  auto* const point = histogram->mutable_histogram()->add_data_points();
  set_times(*point);
  point->set_count(std::numeric_limits<std::uint64_t>::max());
  point->set_sum(10.5);
  point->set_min(0.5);
  point->add_explicit_bounds(1.0);
  point->add_bucket_counts(1);
  point->add_bucket_counts(2);
  add_exemplar(*point);

  auto* const exponential = scope.add_metrics();
  exponential->set_name("an.exponential");
  auto* const grown = exponential->mutable_exponential_histogram()->add_data_points();
  exponential->mutable_exponential_histogram()->set_aggregation_temporality(
      metrics::AGGREGATION_TEMPORALITY_CUMULATIVE);
  set_times(*grown);
  grown->set_scale(-2);
  grown->set_zero_count(6);
  grown->mutable_positive()->set_offset(-1);
  grown->mutable_positive()->add_bucket_counts(4);

  auto* const summary = scope.add_metrics();
  summary->set_name("a.summary");
  auto* const quantiles = summary->mutable_summary()->add_data_points();
  quantiles->set_count(2);
  auto* const quantile = quantiles->add_quantile_values();
  quantile->set_quantile(0.5);
  quantile->set_value(8.0);
}

}  // namespace

TraceRequest full_span() {
  TraceRequest request;
  auto* const span = add_scope(*add_resource(*request.add_resource_spans()).add_scope_spans()).add_spans();
  span->set_trace_id(kTraceId);
  span->set_span_id(kSpanId);
  span->set_parent_span_id(std::string(8, '\x22'));
  span->set_trace_state("vendor=1");
  span->set_flags(0x301);
  span->set_name("full");
  span->set_kind(opentelemetry::proto::trace::v1::Span::SPAN_KIND_CONSUMER);
  span->set_start_time_unix_nano(1'700'000'000'000'000'001);
  span->set_end_time_unix_nano(1'700'000'000'000'000'009);
  add_every_kind(*span->mutable_attributes());
  span->set_dropped_attributes_count(3);
  auto* const event = span->add_events();
  event->set_name("exception");
  event->set_time_unix_nano(5);
  add(*event->mutable_attributes(), "exception.type").set_string_value("E");
  auto* const link = span->add_links();
  link->set_trace_id(kTraceId);
  link->set_span_id(kSpanId);
  link->set_trace_state("a=b");
  link->set_flags(1);
  add(*link->mutable_attributes(), "linked").set_int_value(1);
  span->mutable_status()->set_code(opentelemetry::proto::trace::v1::Status::STATUS_CODE_ERROR);
  span->mutable_status()->set_message("broke");
  return request;
}

LogsRequest full_log() {
  LogsRequest request;
  auto* const record =
      add_scope(*add_resource(*request.add_resource_logs()).add_scope_logs()).add_log_records();
  record->set_time_unix_nano(11);
  record->set_observed_time_unix_nano(12);
  record->set_severity_number(opentelemetry::proto::logs::v1::SEVERITY_NUMBER_WARN);
  record->set_severity_text("warning");
  add_every_kind(*record->mutable_body()->mutable_kvlist_value()->mutable_values());
  add(*record->mutable_attributes(), "twice").set_int_value(1);
  add(*record->mutable_attributes(), "twice").set_int_value(2);
  record->set_trace_id(kTraceId);
  record->set_span_id(kSpanId);
  record->set_flags(1);
  record->set_event_name("event");
  return request;
}

MetricsRequest one_metric_of_each_kind() {
  MetricsRequest request;
  auto& scope = add_scope(*add_resource(*request.add_resource_metrics()).add_scope_metrics());
  add_numbers(scope);
  add_histograms(scope);
  return request;
}

TraceRequest plain_spans(std::size_t count, std::size_t padding) {
  TraceRequest request;
  auto* const scope = request.add_resource_spans()->add_scope_spans();
  for (std::size_t i = 0; i < count; ++i) {
    auto* const span = scope->add_spans();
    span->set_name(std::to_string(i));
    span->set_trace_state(std::string(padding, '.'));
  }
  return request;
}

LogsRequest plain_logs(std::size_t count) {
  LogsRequest request;
  auto* const scope = request.add_resource_logs()->add_scope_logs();
  for (std::size_t i = 0; i < count; ++i) {
    scope->add_log_records()->mutable_body()->set_string_value(std::to_string(i));
  }
  return request;
}

}  // namespace ergon::receiver
