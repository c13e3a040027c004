#include <ergon/telemetry/process_metrics.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/telemetry/meter.hpp>

#include "base/process_usage.hpp"
#include "unit/support_engine/child_status.hpp"
#include "unit/support_engine/metric_points.hpp"

namespace ergon::telemetry::test {
namespace {

using ergon::testing::RecordedPoint;

struct Expected {
  const char* name;
  const char* unit;
  const char* key;  // of the one attribute; empty: none
  std::vector<std::string> values;
};

const std::vector<Expected>& conventions() {
  static const auto* const kAll = new std::vector<Expected>{
      {"process.cpu.time", "s", "cpu.mode", {"system", "user"}},
      {"process.memory.usage", "By", "", {}},
      {"process.memory.virtual", "By", "", {}},
      {"process.thread.count", "{thread}", "", {}},
      {"process.unix.file_descriptor.count", "{file_descriptor}", "", {}},
      {"process.context_switches",
       "{context_switch}",
       "process.context_switch.type",
       {"involuntary", "voluntary"}},
      {"process.paging.faults", "{fault}", "system.paging.fault.type", {"major", "minor"}},
      {"process.uptime", "s", "", {}},
  };
  return *kAll;
}

TEST(ProcessMetrics, FollowTheSemanticConventions) {
  const PlanScope plan(MetricsPlan{});
  const CallbackRegistration observed = observe_process();
  for (const Expected& expected : conventions()) {
    ManualReader reader;
    const std::vector<RecordedPoint> points = reader.points_of(expected.name);
    std::vector<std::string> values;
    for (const RecordedPoint& point : points) {
      EXPECT_EQ(point.unit, expected.unit) << expected.name;
      EXPECT_GE(point.value, 0) << expected.name;
      EXPECT_EQ(point.attributes.size(), expected.values.empty() ? 0U : 1U) << expected.name;
      if (!point.attributes.empty()) values.emplace_back(testing::find(point.attributes, expected.key));
    }
    std::ranges::sort(values);
    EXPECT_EQ(values, expected.values) << expected.name;
    EXPECT_EQ(points.size(), std::max<std::size_t>(1, expected.values.size())) << expected.name;
  }
}

TEST(ProcessMetrics, EndWithTheirRegistration) {
  const PlanScope plan(MetricsPlan{});
  CallbackRegistration observed = observe_process();
  ManualReader reader;
  EXPECT_EQ(reader.points_of("process.uptime").size(), 1U);
  observed.remove();
  EXPECT_EQ(reader.points_of("process.uptime").size(), 0U);
}

TEST(ProcessMetrics, TellAForkedChildOfItself) {
#if defined(ERGON_SANITIZED_THREAD)
  GTEST_SKIP() << "a forked child of a threaded parent aborts under ThreadSanitizer";
#endif
  const PlanScope plan(MetricsPlan{});
  const CallbackRegistration observed = observe_process();
  const int status = ergon::test::child_status([] {
    ManualReader reader;
    const double threads = reader.point_of("process.thread.count").value;
    const auto life = base::process_life();
    return life && threads == static_cast<double>(life->threads) ? 0 : 1;
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace ergon::telemetry::test
