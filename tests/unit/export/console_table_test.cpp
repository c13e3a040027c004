#include "telemetry/export/console_table.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "unit/export/console_batch.hpp"

namespace ergon::telemetry::test {
namespace {

// The rows of these metrics, with what stands above them.
std::vector<std::string> table_of(MemorySession& session, std::string_view prefix) {
  std::vector<std::string> lines = lines_of(points_as_table(batch_of(session, Signal::metric_points)));
  std::erase_if(lines, [&](const std::string& line) {
    return !line.starts_with("[metrics]") && line.find("  metric ") != 0 &&
           line.find("  " + std::string(prefix)) != 0;
  });
  return lines;
}

// As cells, however wide the columns are.
std::string squeezed(const std::string& line) { return std::regex_replace(line, std::regex(" {2,}"), " | "); }

TEST(ConsoleTable, ShowsARowForEachPoint) {
  MemorySession session;
  get_meter("m").counter("table.counter", {.unit = "{order}"}).add(7, {{"currency", "EUR"}});
  const auto histogram = get_meter("m").histogram("table.histogram", {.unit = "s", .boundaries = {1, 2}});
  for (const double value : {0.25, 0.5, 1.5, 1.75}) histogram.record(value);
  const auto lines = table_of(session, "table.");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(std::regex_match(lines[0],
                               std::regex(R"(\[metrics\] service=test time=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")))
      << lines[0];
  EXPECT_EQ(squeezed(lines[1]),
            " | metric | attributes | value | count | sum | min | max | p50 | p95 | unit");
  EXPECT_EQ(squeezed(lines[2]), " | table.counter | currency=EUR | 7 | {order}");
  EXPECT_EQ(squeezed(lines[3]), " | table.histogram | 4 | 4 | 0.25 | 1.75 | 1 | 1.675 | s");
}

TEST(ConsoleTable, AlignsItsColumns) {
  MemorySession session;
  get_meter("m").counter("align.a", {.unit = "é"}).add(7, {{"k", "é"}});
  get_meter("m").counter("align.longer", {.unit = "é"}).add(12'345, {{"k", "longer"}});
  const auto lines = table_of(session, "align.");
  ASSERT_EQ(lines.size(), 4U);
  const std::size_t end_of_value = lines[1].find("value") + 5;
  EXPECT_EQ(lines[2].find(" 7  "), end_of_value - 2 + 1) << "one character of two bytes stands before it";
  EXPECT_EQ(lines[3].find(" 12345  "), end_of_value - 6);
  EXPECT_EQ(lines[3].find("k=longer"), lines[1].find("attributes"));
}

TEST(ConsoleTable, SaysWhatIsNewOnly) {
  TelemetryConfig config = ergon::test::everything();
  config.metrics =
      MetricsConfig{.readers = {PeriodicReader{.exporter = ConsoleMetricExporter{
                                                   .temporality_preference = TemporalityPreference::delta}}}};
  MemorySession session(config);
  get_meter("m").counter("new.counter").add(7);
  get_meter("m").up_down_counter("new.up_down").add(-3);
  const auto lines = table_of(session, "new.");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(squeezed(lines[2]), " | new.counter | +7");
  EXPECT_EQ(squeezed(lines[3]), " | new.up_down | -3");
}

TEST(ConsoleTable, LetsNoMetricForgeALine) {
  MemorySession session;
  get_meter("m").counter("console.counter", {.unit = "{order}"}).add(1, {{"k" + nasty(), nasty()}});
  const auto lines = lines_of(points_as_table(batch_of(session, Signal::metric_points)));
  ASSERT_GE(lines.size(), 3U);
  EXPECT_TRUE(lines[0].starts_with("[metrics] "));
  for (const std::string& line : lines) EXPECT_TRUE(is_harmless(line)) << line;
  for (std::size_t i = 1; i < lines.size(); ++i) EXPECT_TRUE(lines[i].starts_with("  ")) << lines[i];
}

TEST(ConsoleTable, IsEmptyWithoutPoints) {
  EXPECT_EQ(points_as_table({.payload = std::string(kPayloadOffset, '\0')}), "");
}

}  // namespace
}  // namespace ergon::telemetry::test
