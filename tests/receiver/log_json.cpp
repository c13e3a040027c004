#include <opentelemetry/proto/collector/logs/v1/logs_service.pb.h>

#include "receiver/item_json.hpp"
#include "receiver/value_json.hpp"

namespace ergon::receiver {
namespace {

using nlohmann::json;

json log_json(const opentelemetry::proto::logs::v1::LogRecord& record, const Origin& origin) {
  DuplicateKeys duplicates;
  json item = {{"signal", "log"}};
  item["time"] = time_json(record.time_unix_nano());
  item["observed_time"] = time_json(record.observed_time_unix_nano());
  item["severity_number"] = static_cast<int>(record.severity_number());
  item["severity_text"] = record.severity_text();
  item["body"] = value_json(record.body(), duplicates);
  item["attributes"] = attributes_json(record.attributes(), duplicates);
  item["dropped_attributes"] = record.dropped_attributes_count();
  item["trace_id"] = hex(record.trace_id());
  item["span_id"] = hex(record.span_id());
  item["flags"] = record.flags();
  item["event_name"] = record.event_name();
  add_duplicate_keys(item, origin, duplicates);
  return item;
}

}  // namespace

void log_items(const opentelemetry::proto::collector::logs::v1::ExportLogsServiceRequest& request,
               std::size_t limit, const ItemSink& sink) {
  for (const auto& of_resource : request.resource_logs()) {
    const Origin resource = origin_of_resource(of_resource.resource(), of_resource.schema_url());
    for (const auto& of_scope : of_resource.scope_logs()) {
      const Origin origin = with_scope(resource, of_scope.scope(), of_scope.schema_url());
      sink.begin_scope(origin.object);
      for (const auto& record : of_scope.log_records()) {
        if (limit == 0) return;
        --limit;
        sink.item(log_json(record, origin));
      }
    }
  }
}

}  // namespace ergon::receiver
