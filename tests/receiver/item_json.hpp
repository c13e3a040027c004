#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>

namespace opentelemetry::proto::collector {
namespace logs::v1 {
class ExportLogsServiceRequest;
}
namespace metrics::v1 {
class ExportMetricsServiceRequest;
}
namespace trace::v1 {
class ExportTraceServiceRequest;
}
}  // namespace opentelemetry::proto::collector

namespace ergon::receiver {

/// What takes items: first the origin of a scope, then the items of that scope.
struct ItemSink {
  std::function<void(const nlohmann::json& origin)> begin_scope{};
  std::function<void(nlohmann::json item)> item{};
};

/// Each hands the first `limit` items of a request to `sink`, in the request's order, in the form that
/// README.md shows. For metrics the limit counts points; a metric left without any is not shown.
void span_items(const opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest& request,
                std::size_t limit, const ItemSink& sink);
void log_items(const opentelemetry::proto::collector::logs::v1::ExportLogsServiceRequest& request,
               std::size_t limit, const ItemSink& sink);
void metric_items(const opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest& request,
                  std::size_t limit, const ItemSink& sink);

}  // namespace ergon::receiver
