#include "telemetry/export/otlp_json_fields.hpp"

namespace ergon::inline v0::telemetry::otlp_json {

namespace {

using protozero::pbf_wire_type;
using std::array;

// The words of the tables below: protobuf's types, with the encoding that belongs to them.
constexpr Field boolean(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::varint, Form::boolean, name};
}
constexpr Field enumeration(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::varint, Form::int32, name};
}
constexpr Field sint32(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::varint, Form::sint32, name};
}
constexpr Field uint32(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::varint, Form::uint32, name};
}
constexpr Field fixed32(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::fixed32, Form::uint32, name};
}
constexpr Field int64(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::varint, Form::int64, name};
}
constexpr Field uint64(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::varint, Form::uint64, name};
}
constexpr Field fixed64(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::fixed64, Form::uint64, name};
}
constexpr Field sfixed64(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::fixed64, Form::int64, name};
}
constexpr Field real(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::fixed64, Form::real, name};
}
constexpr Field text(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::length_delimited, Form::text, name};
}
constexpr Field id(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::length_delimited, Form::id, name};
}
constexpr Field bytes(std::uint32_t number, std::string_view name) {
  return {number, pbf_wire_type::length_delimited, Form::bytes, name};
}
constexpr Field message(std::uint32_t number, std::string_view name, const Message& of) {
  return {number, pbf_wire_type::length_delimited, Form::message, name, &of};
}
constexpr Field repeated(Field field) {
  field.times = Times::repeated;
  return field;
}
constexpr Field one_of(Field field) {
  field.times = Times::one_of;
  return field;
}

// opentelemetry/proto/common/v1/common.proto. Its fields *_strindex are not here: they point into a table
// that only profiles have.

extern const Message kArrayValue;
extern const Message kKeyValueList;

constexpr array kAnyValueFields{one_of(text(1, "stringValue")),
                                one_of(boolean(2, "boolValue")),
                                one_of(int64(3, "intValue")),
                                one_of(real(4, "doubleValue")),
                                one_of(message(5, "arrayValue", kArrayValue)),
                                one_of(message(6, "kvlistValue", kKeyValueList)),
                                one_of(bytes(7, "bytesValue"))};
constexpr Message kAnyValue(kAnyValueFields);

constexpr array kKeyValueFields{text(1, "key"), message(2, "value", kAnyValue)};
constexpr Message kKeyValue(kKeyValueFields);

constexpr array kArrayValueFields{repeated(message(1, "values", kAnyValue))};
constexpr Message kArrayValue(kArrayValueFields);

constexpr array kKeyValueListFields{repeated(message(1, "values", kKeyValue))};
constexpr Message kKeyValueList(kKeyValueListFields);

constexpr Field attributes(std::uint32_t number) {
  return repeated(message(number, "attributes", kKeyValue));
}

constexpr array kScopeFields{text(1, "name"), text(2, "version"), attributes(3),
                             uint32(4, "droppedAttributesCount")};
constexpr Message kScope(kScopeFields);

constexpr array kEntityRefFields{text(1, "schemaUrl"), text(2, "type"), repeated(text(3, "idKeys")),
                                 repeated(text(4, "descriptionKeys"))};
constexpr Message kEntityRef(kEntityRefFields);

// resource/v1/resource.proto

constexpr array kResourceFields{attributes(1), uint32(2, "droppedAttributesCount"),
                                repeated(message(3, "entityRefs", kEntityRef))};
constexpr Message kResource(kResourceFields);

// trace/v1/trace.proto

constexpr array kEventFields{fixed64(1, "timeUnixNano"), text(2, "name"), attributes(3),
                             uint32(4, "droppedAttributesCount")};
constexpr Message kEvent(kEventFields);

constexpr array kLinkFields{id(1, "traceId"),
                            id(2, "spanId"),
                            text(3, "traceState"),
                            attributes(4),
                            uint32(5, "droppedAttributesCount"),
                            fixed32(6, "flags")};
constexpr Message kLink(kLinkFields);

constexpr array kStatusFields{text(2, "message"), enumeration(3, "code")};
constexpr Message kStatus(kStatusFields);

constexpr array kSpanFields{id(1, "traceId"),
                            id(2, "spanId"),
                            text(3, "traceState"),
                            id(4, "parentSpanId"),
                            fixed32(16, "flags"),
                            text(5, "name"),
                            enumeration(6, "kind"),
                            fixed64(7, "startTimeUnixNano"),
                            fixed64(8, "endTimeUnixNano"),
                            attributes(9),
                            uint32(10, "droppedAttributesCount"),
                            repeated(message(11, "events", kEvent)),
                            uint32(12, "droppedEventsCount"),
                            repeated(message(13, "links", kLink)),
                            uint32(14, "droppedLinksCount"),
                            message(15, "status", kStatus)};
constexpr Message kSpan(kSpanFields);

// logs/v1/logs.proto

constexpr array kLogRecordFields{fixed64(1, "timeUnixNano"),
                                 fixed64(11, "observedTimeUnixNano"),
                                 enumeration(2, "severityNumber"),
                                 text(3, "severityText"),
                                 message(5, "body", kAnyValue),
                                 attributes(6),
                                 uint32(7, "droppedAttributesCount"),
                                 fixed32(8, "flags"),
                                 id(9, "traceId"),
                                 id(10, "spanId"),
                                 text(12, "eventName")};
constexpr Message kLogRecord(kLogRecordFields);

// metrics/v1/metrics.proto

constexpr array kExemplarFields{repeated(message(7, "filteredAttributes", kKeyValue)),
                                fixed64(2, "timeUnixNano"),
                                one_of(real(3, "asDouble")),
                                one_of(sfixed64(6, "asInt")),
                                id(4, "spanId"),
                                id(5, "traceId")};
constexpr Message kExemplar(kExemplarFields);

constexpr Field exemplars(std::uint32_t number) { return repeated(message(number, "exemplars", kExemplar)); }

constexpr array kNumberPointFields{attributes(7),
                                   fixed64(2, "startTimeUnixNano"),
                                   fixed64(3, "timeUnixNano"),
                                   one_of(real(4, "asDouble")),
                                   one_of(sfixed64(6, "asInt")),
                                   exemplars(5),
                                   uint32(8, "flags")};
constexpr Message kNumberPoint(kNumberPointFields);

constexpr array kHistogramPointFields{attributes(9),
                                      fixed64(2, "startTimeUnixNano"),
                                      fixed64(3, "timeUnixNano"),
                                      fixed64(4, "count"),
                                      real(5, "sum"),
                                      repeated(fixed64(6, "bucketCounts")),
                                      repeated(real(7, "explicitBounds")),
                                      exemplars(8),
                                      uint32(10, "flags"),
                                      real(11, "min"),
                                      real(12, "max")};
constexpr Message kHistogramPoint(kHistogramPointFields);

constexpr array kBucketsFields{sint32(1, "offset"), repeated(uint64(2, "bucketCounts"))};
constexpr Message kBuckets(kBucketsFields);

constexpr array kExponentialPointFields{attributes(1),
                                        fixed64(2, "startTimeUnixNano"),
                                        fixed64(3, "timeUnixNano"),
                                        fixed64(4, "count"),
                                        real(5, "sum"),
                                        sint32(6, "scale"),
                                        fixed64(7, "zeroCount"),
                                        message(8, "positive", kBuckets),
                                        message(9, "negative", kBuckets),
                                        uint32(10, "flags"),
                                        exemplars(11),
                                        real(12, "min"),
                                        real(13, "max"),
                                        real(14, "zeroThreshold")};
constexpr Message kExponentialPoint(kExponentialPointFields);

constexpr array kQuantileFields{real(1, "quantile"), real(2, "value")};
constexpr Message kQuantile(kQuantileFields);

constexpr array kSummaryPointFields{attributes(7),
                                    fixed64(2, "startTimeUnixNano"),
                                    fixed64(3, "timeUnixNano"),
                                    fixed64(4, "count"),
                                    real(5, "sum"),
                                    repeated(message(6, "quantileValues", kQuantile)),
                                    uint32(8, "flags")};
constexpr Message kSummaryPoint(kSummaryPointFields);

constexpr Field data_points(const Message& of) { return repeated(message(1, "dataPoints", of)); }
constexpr Field kTemporality = enumeration(2, "aggregationTemporality");

constexpr array kGaugeFields{data_points(kNumberPoint)};
constexpr Message kGauge(kGaugeFields);
constexpr array kSumFields{data_points(kNumberPoint), kTemporality, boolean(3, "isMonotonic")};
constexpr Message kSum(kSumFields);
constexpr array kHistogramFields{data_points(kHistogramPoint), kTemporality};
constexpr Message kHistogram(kHistogramFields);
constexpr array kExponentialFields{data_points(kExponentialPoint), kTemporality};
constexpr Message kExponential(kExponentialFields);
constexpr array kSummaryFields{data_points(kSummaryPoint)};
constexpr Message kSummary(kSummaryFields);

constexpr array kMetricFields{text(1, "name"),
                              text(2, "description"),
                              text(3, "unit"),
                              one_of(message(5, "gauge", kGauge)),
                              one_of(message(7, "sum", kSum)),
                              one_of(message(9, "histogram", kHistogram)),
                              one_of(message(10, "exponentialHistogram", kExponential)),
                              one_of(message(11, "summary", kSummary)),
                              repeated(message(12, "metadata", kKeyValue))};
constexpr Message kMetric(kMetricFields);

// collector/{trace,logs,metrics}/v1: all are groups of resources with groups of scopes.

constexpr array<Field, 3> scope_group(std::string_view records, const Message& record) {
  return {message(1, "scope", kScope), repeated(message(2, records, record)), text(3, "schemaUrl")};
}
constexpr array<Field, 3> resource_group(std::string_view scopes, const Message& scope) {
  return {message(1, "resource", kResource), repeated(message(2, scopes, scope)), text(3, "schemaUrl")};
}

constexpr auto kScopeSpansFields = scope_group("spans", kSpan);
constexpr Message kScopeSpans(kScopeSpansFields);
constexpr auto kResourceSpansFields = resource_group("scopeSpans", kScopeSpans);
constexpr Message kResourceSpans(kResourceSpansFields);
constexpr array kTraceRequestFields{repeated(message(1, "resourceSpans", kResourceSpans))};

constexpr auto kScopeLogsFields = scope_group("logRecords", kLogRecord);
constexpr Message kScopeLogs(kScopeLogsFields);
constexpr auto kResourceLogsFields = resource_group("scopeLogs", kScopeLogs);
constexpr Message kResourceLogs(kResourceLogsFields);
constexpr array kLogsRequestFields{repeated(message(1, "resourceLogs", kResourceLogs))};

constexpr auto kScopeMetricsFields = scope_group("metrics", kMetric);
constexpr Message kScopeMetrics(kScopeMetricsFields);
constexpr auto kResourceMetricsFields = resource_group("scopeMetrics", kScopeMetrics);
constexpr Message kResourceMetrics(kResourceMetricsFields);
constexpr array kMetricsRequestFields{repeated(message(1, "resourceMetrics", kResourceMetrics))};

// By signal.
constexpr array kRequests{Message(kTraceRequestFields), Message(kLogsRequestFields),
                          Message(kMetricsRequestFields)};

}  // namespace

const Message& request_of(Signal signal) noexcept { return kRequests[static_cast<std::size_t>(signal)]; }

}  // namespace ergon::inline v0::telemetry::otlp_json
