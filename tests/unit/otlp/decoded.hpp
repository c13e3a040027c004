#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "opentelemetry/proto/collector/logs/v1/logs_service.pb.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

#include "unit/support_engine/memory_session.hpp"

namespace ergon::test {

namespace proto = opentelemetry::proto;
using proto::collector::logs::v1::ExportLogsServiceRequest;
using proto::collector::metrics::v1::ExportMetricsServiceRequest;
using proto::collector::trace::v1::ExportTraceServiceRequest;
using proto::common::v1::AnyValue;
using proto::common::v1::KeyValue;
using ProtoSpan = proto::trace::v1::Span;
using ProtoLog = proto::logs::v1::LogRecord;
using ProtoMetric = proto::metrics::v1::Metric;

/// A request as a receiver reads it: protobuf's default limits, UTF-8 checked, nothing unknown.
template <class Request>
Request decode(const std::string& bytes) {
  Request request;
  EXPECT_TRUE(request.ParseFromString(bytes)) << "a receiver would refuse the request";
  Request known = request;
  known.DiscardUnknownFields();
  EXPECT_EQ(known.ByteSizeLong(), request.ByteSizeLong()) << "a field that the protos do not know";
  return request;
}

/// All spans that the session has sent since the last call.
inline std::vector<ProtoSpan> spans_of(MemorySession& session) {
  std::vector<ProtoSpan> spans;
  for (const std::string& bytes : session.take(telemetry::Signal::spans)) {
    const auto request = decode<ExportTraceServiceRequest>(bytes);
    for (const auto& resource : request.resource_spans()) {
      for (const auto& scope : resource.scope_spans())
        spans.insert(spans.end(), scope.spans().begin(), scope.spans().end());
    }
  }
  return spans;
}

inline std::vector<ProtoLog> logs_of(MemorySession& session) {
  std::vector<ProtoLog> logs;
  for (const std::string& bytes : session.take(telemetry::Signal::logs)) {
    const auto request = decode<ExportLogsServiceRequest>(bytes);
    for (const auto& resource : request.resource_logs()) {
      for (const auto& scope : resource.scope_logs()) {
        logs.insert(logs.end(), scope.log_records().begin(), scope.log_records().end());
      }
    }
  }
  return logs;
}

/// The metrics of a collection of now, by name.
inline std::map<std::string, ProtoMetric> metrics_of(MemorySession& session) {
  std::map<std::string, ProtoMetric> metrics;
  static_cast<void>(session.take(telemetry::Signal::metric_points));  // of each flush before
  for (const std::string& bytes : session.take(telemetry::Signal::metric_points)) {
    const auto request = decode<ExportMetricsServiceRequest>(bytes);
    for (const auto& resource : request.resource_metrics()) {
      for (const auto& scope : resource.scope_metrics()) {
        for (const ProtoMetric& metric : scope.metrics()) {
          EXPECT_TRUE(metrics.emplace(metric.name(), metric).second) << metric.name() << " twice";
        }
      }
    }
  }
  return metrics;
}

/// The value of a key; fails when it is not there exactly once.
template <class Attributes>
AnyValue value_of(const Attributes& attributes, std::string_view key) {
  AnyValue value;
  int found = 0;
  for (const KeyValue& pair : attributes) {
    if (pair.key() != key) continue;
    value = pair.value();
    ++found;
  }
  EXPECT_EQ(found, 1) << key;
  return value;
}

}  // namespace ergon::test
