#include "app/run_summary.hpp"

#include <gtest/gtest.h>

#include <string>

#include "app/print_summary.hpp"

namespace ergon::detail {
namespace {

WorkerReport example() {
  WorkerReport report{.has_started = true, .transactions = {.ok = 99, .failed = 1}};
  report.duration = std::chrono::milliseconds(250);
  auto& spans = report.statistics.spans;
  spans.total = {.created = 10, .sampled_out = 1, .delivered = 5, .rejected = 1};
  spans.total.dropped[static_cast<std::size_t>(telemetry::DropReason::queue_full)] = 2;
  spans.total.dropped[static_cast<std::size_t>(telemetry::DropReason::shutdown)] = 1;
  spans.destinations.push_back({"otlp_grpc", {.created = 9, .delivered = 9}});
  return report;
}

TEST(RunSummary, IsOneJsonObjectOnOneLine) {
  const std::string none =
      R"({"created":0,"sampled_out":0,"delivered":0,"rejected":0,"queued":0,"dropped":{})";
  EXPECT_EQ(
      summary_json(example()),
      R"({"transactions":{"ok":99,"failed":1,"handed_back":0,"per_second":400.0},"lost_reports":0,"signals":{)"
      R"("spans":{"created":10,"sampled_out":1,"delivered":5,"rejected":1,"queued":0,)"
      R"("dropped":{"queue_full":2,"shutdown":1},"destinations":{"otlp_grpc":)"
      R"({"created":9,"sampled_out":0,"delivered":9,"rejected":0,"queued":0,"dropped":{}}}},)"
      R"("logs":)" +
          none + R"(,"destinations":{}},"metric_points":)" + none + R"(,"destinations":{}}}})" + "\n");
}

TEST(RunSummary, IsReadable) {
  EXPECT_EQ(summary_text(example()),
            "100 transactions in 0.25 s (400 per second): 99 ok, 1 failed\n"
            "telemetry                 created  sampled out  delivered  rejected  queued  dropped\n"
            "spans                          10            1          5         1       0  3 (2 queue_full, 1 "
            "shutdown)\n"
            "  otlp_grpc                     9            0          9         0       0  0\n"
            "logs                            0            0          0         0       0  0\n"
            "metric_points                   0            0          0         0       0  0\n");
}

TEST(RunSummary, HasNoRateWithoutTime) {
  EXPECT_TRUE(summary_json({}).starts_with(
      R"({"transactions":{"ok":0,"failed":0,"handed_back":0,"per_second":0.0})"));
}

TEST(RunSummary, IsALineOfItsOwnAfterAConsoleThatWasStopped) {
  telemetry::Statistics statistics = example().statistics;
  EXPECT_EQ(own_line("summary", statistics), "summary");
  telemetry::DestinationCounts console{"console", {.created = 9, .delivered = 8}};
  console.counts.dropped[static_cast<std::size_t>(telemetry::DropReason::shutdown)] = 1;
  statistics.logs.destinations.push_back(console);
  EXPECT_EQ(own_line("summary", statistics), "\nsummary");
}

}  // namespace
}  // namespace ergon::detail
