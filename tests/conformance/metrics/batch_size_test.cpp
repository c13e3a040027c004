#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "conformance/metrics/collected.hpp"

// specification: metrics/sdk.md#periodic-exporting-metricreader, maxExportBatchSize
namespace ergon::test {
namespace {

// The values of the points of each request of one collection, of counters whose names begin so.
std::vector<std::vector<std::int64_t>> values_by_request(MemorySession& session, const std::string& prefix) {
  std::vector<std::vector<std::int64_t>> values;
  for (const std::string& bytes : session.take(telemetry::Signal::metric_points)) {
    auto& own = values.emplace_back();
    const auto request = decode<ExportMetricsServiceRequest>(bytes);
    for (const auto& resource : request.resource_metrics()) {
      for (const auto& scope : resource.scope_metrics()) {
        for (const ProtoMetric& metric : scope.metrics()) {
          if (!metric.name().starts_with(prefix)) continue;
          for (const auto& point : metric.sum().data_points()) own.push_back(point.as_int());
        }
      }
    }
  }
  return values;
}

// Of what is new of these instruments, and of no other that a test in this process has made.
TelemetryConfig only(const std::string& instruments, std::optional<std::int64_t> most) {
  const OtlpGrpcMetricExporter exporter{.temporality_preference = TemporalityPreference::delta};
  return with_metrics({.readers = {PeriodicReader{.max_export_batch_size = most, .exporter = exporter}},
                       .views = {View{.stream = {.aggregation = DropAggregation{}}},
                                 View{.selector = {.instrument_name = instruments}, .stream = {}}}});
}

TEST(MaxExportBatchSize, FillsRequestsOverAllMetricsAndWithinOne) {
  MemorySession session(only("batch.full.*", 4));
  const Meter meter = get_meter("conformance.batch");
  for (int i = 1; i <= 3; ++i) meter.counter("batch.full.a").add(i, {{"id", i}});
  for (int i = 4; i <= 9; ++i) meter.counter("batch.full.b").add(i, {{"id", i}});
  meter.counter("batch.full.c").add(10);
  const auto requests = values_by_request(session, "batch.full.");
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].size(), 4U) << "three of one metric and one of the next";
  EXPECT_EQ(requests[1].size(), 4U);
  EXPECT_EQ(requests[2].size(), 2U) << "the rest: of another collection nothing is added";
  std::int64_t total = 0;
  for (const auto& values : requests) total = std::accumulate(values.begin(), values.end(), total);
  EXPECT_EQ(total, 55) << "each point once";
}

TEST(MaxExportBatchSize, OfOneSendsEachPointAlone) {
  MemorySession session(only("batch.one", 1));
  for (int i = 0; i < 5; ++i) get_meter("conformance.batch").counter("batch.one").add(1, {{"id", i}});
  const auto requests = values_by_request(session, "batch.one");
  ASSERT_EQ(requests.size(), 5U);
  for (const auto& values : requests) EXPECT_EQ(values, std::vector<std::int64_t>{1});
}

TEST(MaxExportBatchSize, IsNoLimitWhereItIsNotSet) {
  MemorySession session(only("batch.all", std::nullopt));
  for (int i = 0; i < 1'000; ++i) get_meter("conformance.batch").counter("batch.all").add(1, {{"id", i}});
  const auto requests = values_by_request(session, "batch.all");
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].size(), 1'000U);
}

TEST(MaxExportBatchSize, LeavesTheBooksClosed) {
  MemorySession session(only("batch.books", 3));
  for (int i = 0; i < 10; ++i) get_meter("conformance.batch").counter("batch.books").add(1, {{"id", i}});
  EXPECT_TRUE(session.flush());
  const auto points = session.statistics().metric_points.total;
  EXPECT_EQ(points.created, 10U);
  EXPECT_EQ(points.delivered, 10U) << "a flush that answers true has sent all requests";
  EXPECT_TRUE(points.closes());
}

}  // namespace
}  // namespace ergon::test
