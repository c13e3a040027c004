#pragma once

#include <opentelemetry/proto/collector/logs/v1/logs_service.pb.h>
#include <opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.pb.h>

#include <cstddef>

namespace ergon::receiver {

using TraceRequest = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
using LogsRequest = opentelemetry::proto::collector::logs::v1::ExportLogsServiceRequest;
using MetricsRequest = opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest;

/// One item with every field set and an attribute of every kind.
TraceRequest full_span();
LogsRequest full_log();

/// A gauge with 1 point, a sum with 2, a histogram, an exponential histogram and a summary with 1 each.
MetricsRequest one_metric_of_each_kind();

/// `count` spans that only have a name: "0", "1", …; `padding` more bytes in each.
TraceRequest plain_spans(std::size_t count, std::size_t padding = 0);
LogsRequest plain_logs(std::size_t count);

}  // namespace ergon::receiver
