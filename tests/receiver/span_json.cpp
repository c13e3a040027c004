#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

#include <string>
#include <string_view>
#include <utility>

#include "receiver/item_json.hpp"
#include "receiver/value_json.hpp"

namespace ergon::receiver {
namespace {

using nlohmann::json;
namespace trace = opentelemetry::proto::trace::v1;

std::string without_prefix(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string kind_name(int kind) {
  const auto& name = trace::Span::SpanKind_Name(kind);
  return name.empty() ? std::to_string(kind) : without_prefix(name, "SPAN_KIND_");
}

json status_json(const trace::Status& status) {
  const auto& name = trace::Status::StatusCode_Name(status.code());
  return {{"code", name.empty() ? std::to_string(status.code()) : without_prefix(name, "STATUS_CODE_")},
          {"message", status.message()}};
}

json events_json(const trace::Span& span, DuplicateKeys& duplicates) {
  json events = json::array();
  for (const auto& event : span.events()) {
    events.push_back({{"name", event.name()},
                      {"time", time_json(event.time_unix_nano())},
                      {"attributes", attributes_json(event.attributes(), duplicates)},
                      {"dropped_attributes", event.dropped_attributes_count()}});
  }
  return events;
}

json links_json(const trace::Span& span, DuplicateKeys& duplicates) {
  json links = json::array();
  for (const auto& link : span.links()) {
    links.push_back({{"trace_id", hex(link.trace_id())},
                     {"span_id", hex(link.span_id())},
                     {"trace_state", link.trace_state()},
                     {"flags", link.flags()},
                     {"attributes", attributes_json(link.attributes(), duplicates)},
                     {"dropped_attributes", link.dropped_attributes_count()}});
  }
  return links;
}

json span_json(const trace::Span& span, const Origin& origin) {
  DuplicateKeys duplicates;
  json item = {{"signal", "span"}};
  item["trace_id"] = hex(span.trace_id());
  item["span_id"] = hex(span.span_id());
  item["parent_span_id"] = hex(span.parent_span_id());
  item["trace_state"] = span.trace_state();
  item["flags"] = span.flags();
  item["name"] = span.name();
  item["kind"] = kind_name(span.kind());
  item["start"] = time_json(span.start_time_unix_nano());
  item["end"] = time_json(span.end_time_unix_nano());
  item["attributes"] = attributes_json(span.attributes(), duplicates);
  item["dropped_attributes"] = span.dropped_attributes_count();
  item["events"] = events_json(span, duplicates);
  item["dropped_events"] = span.dropped_events_count();
  item["links"] = links_json(span, duplicates);
  item["dropped_links"] = span.dropped_links_count();
  item["status"] = status_json(span.status());
  add_duplicate_keys(item, origin, duplicates);
  return item;
}

}  // namespace

void span_items(const opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest& request,
                std::size_t limit, const ItemSink& sink) {
  for (const auto& of_resource : request.resource_spans()) {
    const Origin resource = origin_of_resource(of_resource.resource(), of_resource.schema_url());
    for (const auto& of_scope : of_resource.scope_spans()) {
      const Origin origin = with_scope(resource, of_scope.scope(), of_scope.schema_url());
      sink.begin_scope(origin.object);
      for (const auto& span : of_scope.spans()) {
        if (limit == 0) return;
        --limit;
        sink.item(span_json(span, origin));
      }
    }
  }
}

}  // namespace ergon::receiver
