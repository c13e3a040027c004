#include "telemetry/export/split.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/wire.hpp"
#include "telemetry/metrics/collector.hpp"
#include "telemetry/record/scope_registry.hpp"
#include "unit/otlp/decoded.hpp"

namespace ergon::test {
namespace {

using telemetry::ExportBatch;
using telemetry::Signal;

ExportBatch batch_of(MemorySession& session, Signal signal, std::uint64_t count) {
  const auto requests = session.take(signal);
  EXPECT_EQ(requests.size(), 1U);
  ExportBatch batch;
  batch.id = 7;
  batch.pipeline = 2;
  batch.signal = signal;
  batch.count = count;
  if (!requests.empty()) batch.payload = std::string(telemetry::kPayloadOffset, '\0') + requests[0];
  return batch;
}

// Splits for ever and puts the pieces back into their order.
void split_up(ExportBatch batch, std::vector<ExportBatch>& pieces) {
  auto halves = telemetry::split(batch);
  if (!halves) {
    pieces.push_back(std::move(batch));
    return;
  }
  EXPECT_EQ(halves->first.count + halves->second.count, batch.count);
  EXPECT_LE(halves->first.count, halves->second.count + 1);
  for (const ExportBatch& half : {halves->first, halves->second}) {
    EXPECT_EQ(half.id, batch.id);
    EXPECT_EQ(half.pipeline, batch.pipeline);
    EXPECT_EQ(half.signal, batch.signal);
    EXPECT_LT(half.payload.size(), batch.payload.size());
  }
  split_up(std::move(halves->first), pieces);
  split_up(std::move(halves->second), pieces);
}

TEST(Split, KeepsEverySpanWithItsResourceAndScope) {
  TelemetryConfig config = everything();
  config.resource.schema_url = "https://schema/of/all";
  MemorySession session(config);
  for (int i = 0; i < 13; ++i) {
    const Tracer tracer =
        get_tracer("scope " + std::to_string(i % 3), {.schema_url = i % 3 == 0 ? "" : "https://schema"});
    const auto span = tracer.scoped_span("span " + std::to_string(i), {{"i", i}});
  }
  const ExportBatch whole = batch_of(session, Signal::spans, 13);
  const auto before = decode<ExportTraceServiceRequest>(std::string(whole.request()));
  std::vector<std::string> expected;
  for (const auto& scope : before.resource_spans(0).scope_spans()) {
    for (const ProtoSpan& span : scope.spans()) {
      expected.push_back(scope.scope().name() + scope.schema_url() + span.SerializeAsString());
    }
  }
  std::vector<ExportBatch> pieces;
  split_up(whole, pieces);
  std::vector<std::string> found;
  for (const ExportBatch& piece : pieces) {
    EXPECT_EQ(piece.count, 1U);
    const auto request = decode<ExportTraceServiceRequest>(std::string(piece.request()));
    ASSERT_EQ(request.resource_spans_size(), 1);
    EXPECT_EQ(request.resource_spans(0).resource().SerializeAsString(),
              before.resource_spans(0).resource().SerializeAsString());
    EXPECT_EQ(request.resource_spans(0).schema_url(), "https://schema/of/all");
    ASSERT_EQ(request.resource_spans(0).scope_spans_size(), 1);
    const auto& scope = request.resource_spans(0).scope_spans(0);
    ASSERT_EQ(scope.spans_size(), 1);
    found.push_back(scope.scope().name() + scope.schema_url() + scope.spans(0).SerializeAsString());
  }
  EXPECT_EQ(found, expected);
}

TEST(Split, CountsThePointsOfMetrics) {
  MemorySession session;
  for (int i = 0; i < 5; ++i) {
    get_meter("split").counter("split.counter").add(1, {{"i", i}});
    get_meter("split").histogram("split.histogram").record(1, {{"i", i % 2}});
    get_meter("split other").counter("split." + std::to_string(i)).add(1);
  }
  session.flush();
  const auto requests = session.take(Signal::metric_points);
  const auto request = decode<ExportMetricsServiceRequest>(requests.at(0));
  std::uint64_t points = 0;
  for (const auto& scope : request.resource_metrics(0).scope_metrics()) {
    for (const ProtoMetric& metric : scope.metrics()) {
      points +=
          static_cast<std::uint64_t>(metric.sum().data_points_size() + metric.histogram().data_points_size());
    }
  }
  ExportBatch batch;
  batch.signal = Signal::metric_points;
  batch.count = points;
  batch.payload = std::string(telemetry::kPayloadOffset, '\0') + requests[0];
  const auto halves = telemetry::split(batch);
  ASSERT_TRUE(halves.has_value());
  EXPECT_EQ(halves->first.count + halves->second.count, points);
  for (const ExportBatch& half : {halves->first, halves->second}) {
    EXPECT_EQ(decode<ExportMetricsServiceRequest>(std::string(half.request())).resource_metrics_size(), 1);
    EXPECT_GT(half.count, 0U);
  }
}

// A request of one metric, with so many points.
ExportBatch one_metric(const telemetry::CollectedMetric& metric) {
  std::string scope;
  base::wire::append_field(scope, 1, metric.scope->encoded);
  base::wire::append_field(scope, 2, metric.message);
  std::string group;
  base::wire::append_field(group, 1, std::string_view());
  base::wire::append_field(group, 2, scope);
  ExportBatch batch;
  batch.signal = Signal::metric_points;
  batch.count = metric.points;
  batch.payload.assign(telemetry::kPayloadOffset, '\0');
  base::wire::append_field(batch.payload, 1, group);
  return batch;
}

TEST(Split, HalvesThePointsOfASingleMetric) {
  MemorySession session;
  for (int i = 0; i < 7; ++i) {
    const InstrumentOptions options{.unit = "1", .description = "Points."};
    get_meter("split points").counter("split.points", options).add(i, {{"i", i}});
    get_meter("split points").histogram("split.points", options).record(i, {{"i", i}});
    get_meter("split points").gauge("split.points", options).record(i, {{"i", i}});
  }
  for (const telemetry::CollectedMetric& collected : telemetry::MetricCollector(0).collect(1)) {
    const auto whole = decode<ProtoMetric>(collected.message);
    if (whole.name() != "split.points") continue;
    ASSERT_EQ(collected.points, 7U);
    std::vector<ExportBatch> pieces;
    split_up(one_metric(collected), pieces);
    EXPECT_EQ(pieces.size(), 7U);
    ProtoMetric together;
    for (const ExportBatch& piece : pieces) {
      EXPECT_EQ(piece.count, 1U);
      const auto request = decode<ExportMetricsServiceRequest>(std::string(piece.request()));
      ASSERT_EQ(request.resource_metrics(0).scope_metrics(0).metrics_size(), 1);
      EXPECT_EQ(request.resource_metrics(0).scope_metrics(0).scope().name(), "split points");
      together.MergeFrom(request.resource_metrics(0).scope_metrics(0).metrics(0));
    }
    EXPECT_EQ(together.SerializeAsString(), whole.SerializeAsString()) << "nothing else and in order";
  }
}

TEST(Split, LeavesASingleRecordWhole) {
  MemorySession session;
  get_logger("split").info("alone");
  EXPECT_FALSE(telemetry::split(batch_of(session, Signal::logs, 1)).has_value());
}

}  // namespace
}  // namespace ergon::test
