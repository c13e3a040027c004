#include "integration/otlp_json.hpp"

#include <array>
#include <fstream>
#include <set>
#include <span>
#include <string>
#include <utility>

// OTLP's JSON form: lowerCamelCase, enums as numbers, ids as hex, 64-bit numbers as strings, and whatever has
// its default value left out (specification: OTLP, JSON Protobuf encoding).
namespace ergon::test {
namespace {

using nlohmann::json;

const json kNothing = json::object();
const json kNoItems = json::array();

const json& list(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() ? *found : kNoItems;
}

const json& part(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() ? *found : kNothing;
}

std::string time_text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() ? found->get<std::string>() : "0";
}

std::uint64_t natural(const json& number) {
  return number.is_string() ? std::stoull(number.get<std::string>()) : number.get<std::uint64_t>();
}

std::uint64_t natural(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() ? natural(*found) : 0;
}

using DuplicateKeys = std::set<std::string>;

json attributes_of(const json& list, DuplicateKeys& duplicates);

json value_of(const json& any, DuplicateKeys& duplicates) {
  if (const auto found = any.find("intValue"); found != any.end()) {
    return found->is_string() ? json(std::stoll(found->get<std::string>())) : *found;
  }
  if (any.contains("arrayValue")) {
    json elements = json::array();
    for (const json& one : list(any["arrayValue"], "values")) elements.push_back(value_of(one, duplicates));
    return elements;
  }
  if (any.contains("kvlistValue")) return attributes_of(list(any["kvlistValue"], "values"), duplicates);
  for (const char* key : {"stringValue", "boolValue", "doubleValue"}) {
    if (any.contains(key)) return any[key];
  }
  return nullptr;
}

json attributes_of(const json& list, DuplicateKeys& duplicates) {
  json object = json::object();
  for (const json& entry : list) {
    const std::string key = text(entry, "key");
    if (object.contains(key)) duplicates.insert(key);
    object[key] = value_of(part(entry, "value"), duplicates);
  }
  return object;
}

std::string numbered(const json& object, const char* key, std::span<const char* const> names) {
  return names[static_cast<std::size_t>(natural(object, key))];
}

json status_of(const json& span) {
  constexpr std::array<const char*, 3> kCodes{"UNSET", "OK", "ERROR"};
  const json& status = part(span, "status");
  return {{"code", numbered(status, "code", kCodes)}, {"message", text(status, "message")}};
}

json span_item(const json& span, DuplicateKeys& duplicates) {
  constexpr std::array<const char*, 6> kKinds{"UNSPECIFIED", "INTERNAL", "SERVER",
                                              "CLIENT",      "PRODUCER", "CONSUMER"};
  json events = json::array();
  for (const json& event : list(span, "events")) {
    events.push_back({{"name", text(event, "name")},
                      {"time", time_text(event, "timeUnixNano")},
                      {"attributes", attributes_of(list(event, "attributes"), duplicates)}});
  }
  json links = json::array();
  for (const json& link : list(span, "links")) {
    links.push_back({{"trace_id", text(link, "traceId")},
                     {"span_id", text(link, "spanId")},
                     {"flags", natural(link, "flags")},
                     {"attributes", attributes_of(list(link, "attributes"), duplicates)}});
  }
  return {{"signal", "span"},
          {"trace_id", text(span, "traceId")},
          {"span_id", text(span, "spanId")},
          {"parent_span_id", text(span, "parentSpanId")},
          {"trace_state", text(span, "traceState")},
          {"flags", natural(span, "flags")},
          {"name", text(span, "name")},
          {"kind", numbered(span, "kind", kKinds)},
          {"start", time_text(span, "startTimeUnixNano")},
          {"end", time_text(span, "endTimeUnixNano")},
          {"attributes", attributes_of(list(span, "attributes"), duplicates)},
          {"dropped_attributes", natural(span, "droppedAttributesCount")},
          {"events", std::move(events)},
          {"dropped_events", natural(span, "droppedEventsCount")},
          {"links", std::move(links)},
          {"dropped_links", natural(span, "droppedLinksCount")},
          {"status", status_of(span)}};
}

json log_item(const json& log, DuplicateKeys& duplicates) {
  return {{"signal", "log"},
          {"time", time_text(log, "timeUnixNano")},
          {"observed_time", time_text(log, "observedTimeUnixNano")},
          {"severity_number", natural(log, "severityNumber")},
          {"severity_text", text(log, "severityText")},
          {"body", value_of(part(log, "body"), duplicates)},
          {"attributes", attributes_of(list(log, "attributes"), duplicates)},
          {"dropped_attributes", natural(log, "droppedAttributesCount")},
          {"trace_id", text(log, "traceId")},
          {"span_id", text(log, "spanId")},
          {"flags", natural(log, "flags")}};
}

json point_item(const json& point, DuplicateKeys& duplicates) {
  json item{{"attributes", attributes_of(list(point, "attributes"), duplicates)},
            {"start", time_text(point, "startTimeUnixNano")},
            {"time", time_text(point, "timeUnixNano")}};
  if (point.contains("asInt")) item["value"] = std::stoll(text(point, "asInt"));
  if (point.contains("asDouble")) item["value"] = point["asDouble"];
  if (!point.contains("bucketCounts")) return item;
  item["count"] = natural(point, "count");
  for (const char* key : {"sum", "min", "max"}) {
    if (point.contains(key)) item[key] = point[key].get<double>();
  }
  item["bounds"] = list(point, "explicitBounds");
  item["bucket_counts"] = json::array();
  for (const json& bucket : point["bucketCounts"]) item["bucket_counts"].push_back(natural(bucket));
  return item;
}

json metric_item(const json& metric, DuplicateKeys& duplicates) {
  constexpr std::array<const char*, 3> kTemporalities{"unspecified", "delta", "cumulative"};
  json item{{"signal", "metric"},
            {"name", text(metric, "name")},
            {"unit", text(metric, "unit")},
            {"description", text(metric, "description")}};
  const char* type = metric.contains("sum") ? "sum" : metric.contains("gauge") ? "gauge" : "histogram";
  const json& data = part(metric, type);
  item["type"] = type;
  if (!metric.contains("gauge"))
    item["temporality"] = numbered(data, "aggregationTemporality", kTemporalities);
  if (metric.contains("sum")) item["monotonic"] = data.value("isMonotonic", false);
  item["points"] = json::array();
  for (const json& point : list(data, "dataPoints")) item["points"].push_back(point_item(point, duplicates));
  return item;
}

// How a signal's messages nest: resource, scope, items.
struct Nesting {
  const char* resources;
  const char* scopes;
  const char* items;
  json (*item)(const json&, DuplicateKeys&);
};

void add_scope(const json& of_scope, const json& resource, const Nesting& nesting, DuplicateKeys duplicates,
               std::vector<json>& items) {
  const json& scope = part(of_scope, "scope");
  const json origin{{"name", text(scope, "name")},
                    {"version", text(scope, "version")},
                    {"schema_url", text(of_scope, "schemaUrl")},
                    {"attributes", attributes_of(list(scope, "attributes"), duplicates)}};
  for (const json& one : list(of_scope, nesting.items)) {
    DuplicateKeys all = duplicates;
    json item = nesting.item(one, all);
    item["resource"] = resource;
    item["scope"] = origin;
    if (!all.empty()) item["duplicate_keys"] = all;
    items.push_back(std::move(item));
  }
}

std::vector<json> read_items(const std::filesystem::path& file, const Nesting& nesting) {
  std::vector<json> items;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const json request = json::parse(line);
    for (const json& of_resource : list(request, nesting.resources)) {
      DuplicateKeys duplicates;
      const json resource = attributes_of(list(part(of_resource, "resource"), "attributes"), duplicates);
      for (const json& of_scope : list(of_resource, nesting.scopes)) {
        add_scope(of_scope, resource, nesting, duplicates, items);
      }
    }
  }
  return items;
}

}  // namespace

Arrived read_otlp_json(const std::filesystem::path& traces, const std::filesystem::path& logs,
                       const std::filesystem::path& metrics) {
  return {.spans = read_items(traces, {"resourceSpans", "scopeSpans", "spans", &span_item}),
          .logs = read_items(logs, {"resourceLogs", "scopeLogs", "logRecords", &log_item}),
          .metrics = read_items(metrics, {"resourceMetrics", "scopeMetrics", "metrics", &metric_item})};
}

}  // namespace ergon::test
