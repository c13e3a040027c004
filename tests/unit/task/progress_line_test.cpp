#include "task/supervisor/progress_line.hpp"

#include <gtest/gtest.h>

namespace ergon::detail {
namespace {

TEST(ProgressLine, SaysHowARunGetsOn) {
  const Progress progress{.transactions = {.ok = 1'200, .failed = 3},
                          .in_flight = 4,
                          .telemetry_delivered = 4'800,
                          .telemetry_dropped = 0};
  EXPECT_EQ(progress_text(progress, 812.4, false),
            "812/s  ok 1200  failed 3  in flight 4  telemetry delivered 4800, dropped 0");
  EXPECT_EQ(progress_text(progress, 812.4, true),
            "812/s  ok 1200  failed \x1b[1;31m3\x1b[0m  in flight 4  telemetry delivered 4800, dropped 0");
}

TEST(ProgressLine, TellsOfWhatIsRareOnlyThen) {
  const Progress progress{.transactions = {.handed_back = 2}, .restarts = 1};
  EXPECT_EQ(progress_text(progress, 0, false),
            "0/s  ok 0  failed 0  in flight 0  handed back 2  restarts 1  telemetry delivered 0, dropped 0");
}

}  // namespace
}  // namespace ergon::detail
