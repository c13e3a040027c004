#include "receiver/dump.hpp"

#include <google/protobuf/message.h>
#include <opentelemetry/proto/collector/logs/v1/logs_service.pb.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

#include <stdexcept>

#include "receiver/intake.hpp"
#include "receiver/item_json.hpp"

namespace ergon::receiver {
namespace {

using nlohmann::json;
namespace collector = opentelemetry::proto::collector;

void for_each_item(const AcceptedRequest& accepted, const ItemSink& sink) {
  const auto request = parse_request(accepted.signal, accepted.bytes);
  if (!request) throw std::logic_error("an accepted request no longer parses");
  switch (accepted.signal) {
    case Signal::traces:
      span_items(static_cast<const collector::trace::v1::ExportTraceServiceRequest&>(*request),
                 accepted.accepted, sink);
      break;
    case Signal::logs:
      log_items(static_cast<const collector::logs::v1::ExportLogsServiceRequest&>(*request),
                accepted.accepted, sink);
      break;
    case Signal::metrics:
      metric_items(static_cast<const collector::metrics::v1::ExportMetricsServiceRequest&>(*request),
                   accepted.accepted, sink);
      break;
  }
}

}  // namespace

void dump_request(const AcceptedRequest& accepted, Origins origins,
                  const std::function<void(const json& line)>& write) {
  if (origins == Origins::apart) {
    for_each_item(accepted, {.begin_scope = [&](const json& origin) { write({{"origin", origin}}); },
                             .item = [&](const json& item) { write(item); }});
    return;
  }
  json current;
  for_each_item(accepted, {.begin_scope = [&](const json& origin) { current = origin; },
                           .item =
                               [&](json item) {
                                 item.update(current);
                                 write(item);
                               }});
}

}  // namespace ergon::receiver
