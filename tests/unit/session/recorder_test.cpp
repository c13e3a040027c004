#include <gtest/gtest.h>

#include <stdexcept>

#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "unit/support_engine/fresh_process.hpp"

namespace ergon::testing {
namespace {

struct Instruments {
  Counter<std::int64_t> counter = get_meter("recorder").counter("counted");
  Counter<std::int64_t> idle = get_meter("recorder").counter("idle");
  Histogram<double> histogram = get_meter("recorder").histogram<double>("measured", {.boundaries = {1, 2}});

  void use(std::int64_t times) const {
    for (std::int64_t i = 0; i < times; ++i) {
      counter.add(1, {{"a", 1}});
      histogram.record(1.5);
    }
  }
};

const RecordedPoint& point_of(const Recording& recording, std::string_view name) {
  for (const RecordedPoint& point : recording.points()) {
    if (point.name == name) return point;
  }
  throw std::out_of_range("no such point");
}

void see_only_its_own_time() {
  const Instruments instruments;
  instruments.idle.add(1);
  for (int round = 0; round < 3; ++round) {
    {
      const auto span = get_tracer("recorder").scoped_span("before");
      get_logger("recorder").error("before");
    }
    instruments.use(5);
    Recorder recorder;
    {
      const auto span = get_tracer("recorder").scoped_span("during");
      get_logger("recorder").error("during");
    }
    instruments.use(2);
    const Recording recording = recorder.stop();
    EXPECT_EQ(recording.spans().tree(), "during\n");
    ASSERT_EQ(recording.logs().size(), 1U);
    EXPECT_EQ(recording.logs()[0].message, "during");
    EXPECT_EQ(recording.points().size(), 2U) << "a series that stood still is not shown";
    EXPECT_EQ(point_of(recording, "counted").value, 2);
    EXPECT_EQ(point_of(recording, "measured").count, 2U);
    EXPECT_EQ(point_of(recording, "measured").sum, 3.0);
    EXPECT_EQ(point_of(recording, "measured").buckets, (std::vector<std::uint64_t>{0, 2, 0}));
  }
}

TEST(Recorder, SeesOnlyWhatIsRecordedInItsTime) { ergon::test::run_in_fresh_process(&see_only_its_own_time); }

TEST(Recorder, SaysThatAnotherSessionIsActive) {
  const Recorder first;
  Recorder second;
  EXPECT_THROW(static_cast<void>(second.stop()), std::logic_error);
}

}  // namespace
}  // namespace ergon::testing
