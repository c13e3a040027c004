#if !defined(ERGON_TELEMETRY_OFF)

#include "task/task_metrics.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include <ergon/testing/recording.hpp>

#include "task/enqueue_time.hpp"
#include "task/task_telemetry.hpp"

namespace ergon::detail {
namespace {

using namespace std::chrono_literals;
using testing::RecordedPoint;

// Counters are a process's, so each test has a task of its own.
const RecordedPoint* point_of(const testing::Recording& recording, std::string_view name,
                              std::string_view task) {
  for (const RecordedPoint& point : recording.points()) {
    if (point.name == name && testing::find(point.attributes, "task") == task) return &point;
  }
  return nullptr;
}

TaskError failed() {
  TaskError error;
  error.kind = ErrorKind::business;
  error.type = "some::Error";
  return error;
}

TEST(TaskMetrics, CountWhatSucceedsAndWhatFails) {
  testing::Recorder recorder;
  const TaskTelemetry telemetry({.task = "Bound", .connector = "in", .messaging_system = "fake"});
  const TaskMetrics& metrics = telemetry.metrics();
  const TaskError error = failed();
  metrics.count_transaction(1ms, TransactionStatus::success, nullptr);
  metrics.count_transaction(1ms, TransactionStatus::success, nullptr);
  metrics.count_transaction(1ms, TransactionStatus::exception, &error);
  const auto recording = recorder.stop();
  double succeeded = 0;
  double failures = 0;
  for (const RecordedPoint& point : recording.points()) {
    if (point.name != "consumer.transactions.total") continue;
    if (testing::find(point.attributes, "task") != "Bound") continue;
    const bool has_failed = testing::find(point.attributes, "error.type") == "some::Error";
    EXPECT_EQ(testing::find(point.attributes, "status"), has_failed ? "exception" : "success");
    (has_failed ? failures : succeeded) += point.value;
  }
  EXPECT_EQ(succeeded, 2);
  EXPECT_EQ(failures, 1);
}

TEST(TaskMetrics, SayHowManyTransactionsAndLoopsThereAre) {
  testing::Recorder recorder;
  const TaskTelemetry telemetry({.task = "Counted in", .connector = "in", .messaging_system = "fake"});
  const auto slot = telemetry.metrics().loop_slot();
  const auto another_slot = telemetry.metrics().loop_slot();
  {
    const auto ended = telemetry.metrics().transaction_in_flight();
  }
  const auto one = telemetry.metrics().transaction_in_flight();
  const auto recording = recorder.stop();
  const auto* slots = point_of(recording, "consumer.loop.slots", "Counted in");
  ASSERT_NE(slots, nullptr);
  EXPECT_EQ(slots->value, 2);
  EXPECT_EQ(slots->unit, "{slot}");
  const auto* in_flight = point_of(recording, "consumer.transactions.in_flight", "Counted in");
  ASSERT_NE(in_flight, nullptr);
  EXPECT_EQ(in_flight->value, 1);
}

TEST(TaskMetrics, MeasureTimeInQueue) {
  testing::Recorder recorder;
  const TaskTelemetry telemetry({.task = "Queued", .connector = "in", .messaging_system = "fake"});
  telemetry.metrics().count_queue_time(100s);
  telemetry.metrics().count_queue_time(0s);
  const auto recording = recorder.stop();
  const auto* point = point_of(recording, "consumer.transactions.queue_time", "Queued");
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point->count, 2U);
  EXPECT_EQ(point->minimum, 0);
  EXPECT_EQ(point->maximum, 100);
  EXPECT_EQ(point->unit, "s");
}

}  // namespace
}  // namespace ergon::detail
#endif
