#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "telemetry/metrics/collector.hpp"
#include "telemetry/worker/pipeline.hpp"
#include "unit/otlp/decoded.hpp"
#include "unit/support_engine/fresh_process.hpp"

namespace ergon::test {
namespace {

using proto::metrics::v1::AGGREGATION_TEMPORALITY_CUMULATIVE;

std::uint64_t now() {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
}

TEST(MetricMessage, IsACumulativeMonotonicSumForACounter) {
  MemorySession session;
  const std::uint64_t before = now();
  const auto counter =
      get_meter("m").counter("message.counter", {.unit = "{order}", .description = "Orders."});
  counter.add(3, {{"currency", "EUR"}});
  counter.add(4, {{"currency", "EUR"}});
  const ProtoMetric metric = metrics_of(session).at("message.counter");
  EXPECT_EQ(metric.unit(), "{order}");
  EXPECT_EQ(metric.description(), "Orders.");
  ASSERT_TRUE(metric.has_sum());
  EXPECT_TRUE(metric.sum().is_monotonic());
  EXPECT_EQ(metric.sum().aggregation_temporality(), AGGREGATION_TEMPORALITY_CUMULATIVE);
  ASSERT_EQ(metric.sum().data_points_size(), 1);
  const auto& point = metric.sum().data_points(0);
  EXPECT_EQ(point.as_int(), 7);
  EXPECT_EQ(value_of(point.attributes(), "currency").string_value(), "EUR");
  EXPECT_GE(point.start_time_unix_nano() + 1'000'000, before);
  EXPECT_GE(point.time_unix_nano() + 1'000'000, point.start_time_unix_nano());
  EXPECT_LE(point.time_unix_nano(), now() + 1'000'000);
}

TEST(MetricMessage, HasDoublesOfADoubleCounter) {
  MemorySession session;
  get_meter("m").counter<double>("message.double").add(1.25);
  const ProtoMetric metric = metrics_of(session).at("message.double");
  EXPECT_EQ(metric.sum().data_points(0).value_case(), proto::metrics::v1::NumberDataPoint::kAsDouble);
  EXPECT_EQ(metric.sum().data_points(0).as_double(), 1.25);
}

TEST(MetricMessage, IsACumulativeHistogramWithItsBounds) {
  MemorySession session;
  const auto histogram = get_meter("m").histogram("message.histogram", {.unit = "s", .boundaries = {0.1, 1}});
  for (const double value : {0.05, 0.5, 0.7, 3.0}) histogram.record(value, {{"status", "ok"}});
  const ProtoMetric metric = metrics_of(session).at("message.histogram");
  ASSERT_TRUE(metric.has_histogram());
  EXPECT_EQ(metric.histogram().aggregation_temporality(), AGGREGATION_TEMPORALITY_CUMULATIVE);
  const auto& point = metric.histogram().data_points(0);
  EXPECT_EQ(point.count(), 4U);
  EXPECT_DOUBLE_EQ(point.sum(), 4.25);
  EXPECT_EQ(point.min(), 0.05);
  EXPECT_EQ(point.max(), 3);
  EXPECT_EQ(std::vector<std::uint64_t>(point.bucket_counts().begin(), point.bucket_counts().end()),
            (std::vector<std::uint64_t>{1, 2, 1}));
  EXPECT_EQ(std::vector<double>(point.explicit_bounds().begin(), point.explicit_bounds().end()),
            (std::vector<double>{0.1, 1}));
  EXPECT_EQ(value_of(point.attributes(), "status").string_value(), "ok");
}

TEST(MetricMessage, KeepsItsStartTimeFromOneCollectionToTheNext) {
  MemorySession session;
  const auto counter = get_meter("m").counter("message.start");
  counter.add(1, {{"series", 1}});
  const auto first = metrics_of(session).at("message.start").sum().data_points(0);
  counter.add(1, {{"series", 1}});
  counter.add(1, {{"series", 2}});
  const auto second = metrics_of(session).at("message.start").sum();
  ASSERT_EQ(second.data_points_size(), 2);
  for (const auto& point : second.data_points()) {
    EXPECT_LE(point.start_time_unix_nano(), point.time_unix_nano());
    if (value_of(point.attributes(), "series").int_value() == 2) continue;
    EXPECT_EQ(point.start_time_unix_nano(), first.start_time_unix_nano());
    EXPECT_GE(point.time_unix_nano(), first.time_unix_nano());
    EXPECT_EQ(point.as_int(), 2);
  }
}

TEST(MetricMessage, GoesOnInTheNextSession) {
  const auto counter = get_meter("m").counter("message.sessions");
  {
    MemorySession session;
    counter.add(1);
    EXPECT_EQ(metrics_of(session).at("message.sessions").sum().data_points(0).as_int(), 1);
  }
  MemorySession session;
  counter.add(1);
  EXPECT_EQ(metrics_of(session).at("message.sessions").sum().data_points(0).as_int(), 2);
}

TEST(MetricMessage, IsNotSentWithMetricsOff) {
  const auto counter = get_meter("m").counter("message.off");
  {
    TelemetryConfig config = everything();
    config.metrics.reset();
    MemorySession session(config);
    counter.add(1);
    EXPECT_TRUE(session.take(telemetry::Signal::metric_points).empty());
  }
  MemorySession session;
  EXPECT_EQ(metrics_of(session).count("message.off"), 0U);
}

TEST(MetricMessage, HasAPointOfEachThreadsSum) {
  MemorySession session;
  const auto counter = get_meter("m").counter("message.threads");
  for (int i = 0; i < 5; ++i) std::thread([&] { counter.add(10); }).join();
  const ProtoMetric metric = metrics_of(session).at("message.threads");
  ASSERT_EQ(metric.sum().data_points_size(), 1);
  EXPECT_EQ(metric.sum().data_points(0).as_int(), 50);
  const telemetry::Counts books = session.statistics().metric_points.total;
  EXPECT_EQ(books.created, books.delivered);
  EXPECT_GT(books.created, 0U);
}

// A clock that was set back, or one that was never set: a point does not end before it begins.
TEST(MetricMessage, EndsNoPointBeforeItBegan) {
  MemorySession session;
  get_meter("m").counter("message.clock").add(1);
  for (const telemetry::CollectedMetric& collected : telemetry::MetricCollector(0).collect(1)) {
    const auto metric = decode<ProtoMetric>(collected.message);
    if (metric.name() != "message.clock") continue;
    const auto& point = metric.sum().data_points(0);
    EXPECT_GT(point.start_time_unix_nano(), 1U);
    EXPECT_EQ(point.time_unix_nano(), point.start_time_unix_nano());
  }
}

// 2,001 points of 130 bounds make more than 4 MiB, which no request holds.
void collect_a_large_metric() {
  MemorySession session;
  std::vector<double> bounds(130);
  std::iota(bounds.begin(), bounds.end(), 1.0);
  const auto histogram =
      get_meter("m").histogram("message.large", {.unit = "s", .description = "Large.", .boundaries = bounds});
  for (int i = 0; i < 2'005; ++i) histogram.record(i % 130, {{"id", i}});
  int points = 0;
  int parts = 0;
  for (const std::string& bytes : session.take(telemetry::Signal::metric_points)) {
    EXPECT_LE(bytes.size(), telemetry::kLargestRequest);
    const auto request = decode<ExportMetricsServiceRequest>(bytes);
    for (const auto& scope : request.resource_metrics(0).scope_metrics()) {
      for (const ProtoMetric& metric : scope.metrics()) {
        if (metric.name() != "message.large") continue;
        EXPECT_EQ(metric.unit() + metric.description(), "sLarge.");
        EXPECT_EQ(metric.histogram().aggregation_temporality(), AGGREGATION_TEMPORALITY_CUMULATIVE);
        EXPECT_LE(metric.ByteSizeLong(), (1U << 20U) + 200);
        points += metric.histogram().data_points_size();
        ++parts;
      }
    }
  }
  EXPECT_EQ(points, 2'001);
  EXPECT_EQ(parts, 5);
  const telemetry::Counts books = session.statistics().metric_points.total;
  EXPECT_EQ(books.created, books.delivered);
  EXPECT_EQ(books.created, 2'001U);
}

TEST(MetricMessage, IsCutWhereOneRequestWouldNotHoldIt) { run_in_fresh_process(&collect_a_large_metric); }

}  // namespace
}  // namespace ergon::test
