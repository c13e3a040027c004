#include "task/worker_report.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ergon::detail {
namespace {

WorkerReport example() {
  WorkerReport report{.exit_code = 1,
                      .failure = "connector \"orders\": gone",
                      .has_started = true,
                      .is_recycled = true,
                      .transactions = {.ok = 5, .failed = 2, .handed_back = 1},
                      .duration = std::chrono::duration<double>(1.5)};
  report.statistics.spans.total = {
      .created = 9, .sampled_out = 1, .delivered = 4, .rejected = 2, .queued = 1};
  report.statistics.spans.total.dropped[3] = 1;
  report.statistics.spans.destinations = {{"otlp", {.created = 9, .delivered = 9}}};
  report.statistics.logs.total.created = 3;
  return report;
}

TEST(WorkerReport, ComesBackFromItsText) {
  const auto report = report_from_text(to_text(example()));
  ASSERT_TRUE(report);
  EXPECT_EQ(to_text(*report), to_text(example()));
  EXPECT_EQ(report->failure, "connector \"orders\": gone");
  EXPECT_TRUE(report->is_recycled);
  EXPECT_EQ(report->transactions.handed_back, 1U);
  EXPECT_TRUE(report->statistics.spans.total.closes());
  EXPECT_EQ(report->statistics.spans.destinations.at(0).name, "otlp");
}

TEST(WorkerReport, IsNothingWhereItsTextWasCutShort) {
  const std::string text = to_text(example());
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(report_from_text(std::string_view(text).substr(0, size))) << size;
  EXPECT_FALSE(report_from_text("{}"));
  EXPECT_FALSE(report_from_text("[]"));
}

TEST(WorkerReport, AddsBooksByDestination) {
  WorkerReport sum = example();
  WorkerReport other = example();
  other.statistics.spans.destinations.push_back({"console", {.created = 7}});
  add_books(sum, other);
  EXPECT_EQ(sum.transactions.ok, 10U);
  EXPECT_EQ(sum.statistics.spans.total.created, 18U);
  EXPECT_EQ(sum.statistics.spans.total.dropped[3], 2U);
  ASSERT_EQ(sum.statistics.spans.destinations.size(), 2U);
  EXPECT_EQ(sum.statistics.spans.destinations[0].counts.delivered, 18U);
  EXPECT_EQ(sum.statistics.spans.destinations[1].counts.created, 7U);
}

}  // namespace
}  // namespace ergon::detail
