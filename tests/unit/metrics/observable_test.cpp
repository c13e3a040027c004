#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/metrics/callback_thread.hpp"
#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;
using ergon::testing::find;
using ergon::testing::PointKind;
using ergon::testing::RecordedPoint;

Meter meter() {
  g_budget.set_limit(64U << 20U);
  return get_meter("observables");
}

TEST(Observable, HasTheValuesOfItsCallback) {
  std::int64_t total = 5;
  const auto counter = meter().observable_counter("observed.counter");
  const auto registration = counter.observe([&](const Observer<std::int64_t>& o) {
    o.observe(total, {{"a", 1}});
    o.observe(2 * total, {{"a", 2}});
  });
  ManualReader reader;
  const auto points = reader.points_of("observed.counter");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].value + points[1].value, 15);
  EXPECT_EQ(points[0].kind, PointKind::sum);
  total = 7;
  EXPECT_EQ(reader.points_of("observed.counter")[0].value, 7) << "the sum so far, not an increment";
}

TEST(Observable, IsAGaugeOfNow) {
  const auto gauge = meter().observable_gauge("observed.gauge");
  const auto registration = gauge.observe([](const Observer<double>& o) { o.observe(1.5); });
  const RecordedPoint point = ManualReader().point_of("observed.gauge");
  EXPECT_EQ(point.kind, PointKind::gauge);
  EXPECT_EQ(point.value, 1.5);
}

TEST(Observable, TakesTheLastOfTwoObservationsOfOneSet) {
  const auto gauge = meter().observable_gauge<std::int64_t>("observed.twice");
  const auto registration = gauge.observe([](const Observer<std::int64_t>& o) {
    o.observe(1, {{"a", 1}, {"b", 2}});
    o.observe(2, {{"b", 2}, {"a", 1}});
  });
  EXPECT_EQ(ManualReader().point_of("observed.twice").value, 2);
}

TEST(Observable, ForgetsSetsThatAreNotObservedAnyMore) {
  int first = 0;
  const auto counter = meter().observable_counter("observed.stale");
  const auto registration = counter.observe([&](const Observer<std::int64_t>& o) {
    for (int i = first; i < first + 3; ++i) o.observe(i, {{"id", i}});
  });
  ManualReader reader;
  EXPECT_EQ(reader.points_of("observed.stale").size(), 3U);
  first = 2;
  const auto points = reader.points_of("observed.stale");
  ASSERT_EQ(points.size(), 3U);
  for (const RecordedPoint& point : points) EXPECT_GE(point.value, 2);
}

TEST(Observable, AddsUpWhatIsBeyondTheLimit) {
  const PlanScope plan(MetricsPlan{.readers = {ReaderPlan{.cardinality_limit = 2}}});
  const auto counter = meter().observable_counter("observed.overflow");
  const auto registration = counter.observe([](const Observer<std::int64_t>& o) {
    for (int i = 0; i < 5; ++i) o.observe(10, {{"id", i}});
  });
  ManualReader reader;
  for (int round = 0; round < 3; ++round) {
    const auto points = reader.points_of("observed.overflow");
    ASSERT_EQ(points.size(), 3U);
    for (const RecordedPoint& point : points) {
      const bool is_overflow = find(point.attributes, "otel.metric.overflow") == "true";
      EXPECT_EQ(point.value, is_overflow ? 30 : 10);
    }
  }
}

TEST(Observable, IsOfNewValuesToADeltaReader) {
  const PlanScope plan(MetricsPlan{.readers = {ReaderPlan{.temporality = TemporalityPreference::delta}}});
  std::int64_t total = 5;
  const auto counter = meter().observable_counter("observed.delta");
  const auto registration = counter.observe([&](const Observer<std::int64_t>& o) { o.observe(total); });
  ManualReader reader;
  EXPECT_EQ(reader.point_of("observed.delta").value, 5);
  total = 12;
  EXPECT_EQ(reader.point_of("observed.delta").value, 7);
  total = 3;
  EXPECT_EQ(reader.point_of("observed.delta").value, 3) << "it began anew";
}

// A callback that was too slow, or threw, has not observed.
TEST(Observable, GoesOnAfterACollectionWithoutIt) {
  const PlanScope plan(MetricsPlan{.readers = {{.temporality = TemporalityPreference::delta}}});
  std::int64_t total = 100;
  const auto counter = meter().observable_counter("observed.again");
  const auto registration = counter.observe([&](const Observer<std::int64_t>& o) {
    if (total > 0) o.observe(total);
  });
  ManualReader reader;
  EXPECT_EQ(reader.point_of("observed.again").value, 100);
  total = 0;
  EXPECT_TRUE(reader.points_of("observed.again").empty());
  total = 150;
  EXPECT_EQ(reader.point_of("observed.again").value, 50);
}

TEST(Observable, IsALaterSessionsFromItsFirstValueOn) {
  const PlanScope plan(
      MetricsPlan{.readers = {{.temporality = TemporalityPreference::delta}}, .begins_now = true});
  std::int64_t total = 100;
  const auto counter = meter().observable_counter("observed.later");
  const auto registration = counter.observe([&](const Observer<std::int64_t>& o) { o.observe(total); });
  ManualReader reader;
  EXPECT_TRUE(reader.points_of("observed.later").empty());
  total = 130;
  EXPECT_EQ(reader.point_of("observed.later").value, 30);
}

TEST(Observable, AddsUpWhatAViewMakesOne) {
  const PlanScope plan(
      MetricsPlan{.views = {ViewPlan{.instrument_name = "observed.joined",
                                     .filter = AttributeFilter{.has_included = true, .included = {"a"}}}}});
  const auto counter = meter().observable_counter("observed.joined");
  const auto registration = counter.observe([](const Observer<std::int64_t>& o) {
    o.observe(1, {{"a", 1}, {"b", 1}});
    o.observe(2, {{"a", 1}, {"b", 2}});
  });
  EXPECT_EQ(ManualReader().point_of("observed.joined").value, 3);
}

TEST(ObservableCallback, MayServeSeveralInstruments) {
  int calls = 0;
  const auto used = meter().observable_up_down_counter("batch.used");
  const auto share = meter().observable_gauge("batch.share");
  const auto stranger = meter().observable_gauge("batch.stranger");
  const auto registration = Meter::observe(
      [&](const BatchObserver& o) {
        ++calls;
        o.observe(used, -3, {{"pool", "a"}});
        o.observe(share, 0.25);
        o.observe(stranger, 1);
      },
      used, share);
  ManualReader reader;
  EXPECT_EQ(reader.point_of("batch.used").value, -3);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(reader.point_of("batch.share").value, 0.25);
  EXPECT_TRUE(reader.points_of("batch.stranger").empty()) << "it is not registered for this one";
}

TEST(ObservableCallback, IsNotCalledOnceRemoved) {
  int calls = 0;
  const auto gauge = meter().observable_gauge("removed");
  auto registration = gauge.observe([&](const Observer<double>&) { ++calls; });
  ManualReader reader;
  static_cast<void>(reader.points_of("removed"));
  registration.remove();
  registration.remove();
  static_cast<void>(reader.points_of("removed"));
  EXPECT_EQ(calls, 1);
}

TEST(ObservableCallback, MayRemoveItself) {
  const auto gauge = meter().observable_gauge("removes.itself");
  auto registration = std::make_unique<CallbackRegistration>();
  auto kept = std::make_shared<int>(1);
  std::weak_ptr<int> seen = kept;
  *registration = gauge.observe([&registration, own = std::move(kept)](const Observer<double>& o) {
    o.observe(*own);
    registration.reset();
    o.observe(*own + 1);
  });
  ManualReader reader;
  EXPECT_EQ(reader.point_of("removes.itself").value, 2);
  EXPECT_TRUE(seen.expired()) << "what it held is gone";
  EXPECT_TRUE(reader.points_of("removes.itself").empty());
}

TEST(ObservableCallback, MayRecordAndRegister) {
  const auto counter = meter().counter("from.callback");
  const auto gauge = meter().observable_gauge("registers");
  std::vector<CallbackRegistration> more;
  const auto registration = gauge.observe([&](const Observer<double>& o) {
    counter.add(1);
    o.observe(1);
    if (more.empty()) more.push_back(gauge.observe([](const Observer<double>& other) { other.observe(2); }));
  });
  ManualReader reader;
  static_cast<void>(reader.points_of("registers"));
  EXPECT_EQ(reader.point_of("registers").value, 2);
  EXPECT_GE(point_of("from.callback").value, 2);
}

TEST(ObservableCallback, KeepsWhatItObservedBeforeItThrew) {
  const auto gauge = meter().observable_gauge("throws");
  const auto registration = gauge.observe([](const Observer<double>& o) {
    o.observe(4);
    throw std::runtime_error("no more");
  });
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ManualReader().point_of("throws").value, 4);
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("no more"), std::string::npos);
}

// A gate that callbacks wait at.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }
  void wait_for_one() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ > 0; });
  }
  void open() {
    const std::lock_guard guard(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_{0};
  bool is_open_{false};
};

TEST(ObservableCallback, IsWaitedForByItsRemoval) {
  Gate gate;
  const auto gauge = meter().observable_gauge("waited.for");
  auto registration = gauge.observe([&](const Observer<double>&) { gate.pass(); });
  std::promise<void> done;
  CallbackThread thread;
  const auto run = thread.begin([&] { done.set_value(); });
  gate.wait_for_one();
  std::future<void> removed = std::async(std::launch::async, [&] { registration.remove(); });
  EXPECT_EQ(removed.wait_for(20ms), std::future_status::timeout);
  gate.open();
  removed.get();
  done.get_future().wait();
}

TEST(CallbackThread, LeavesOneThatDoesNotReturnAlone) {
  Gate gate;
  const auto stuck = meter().observable_gauge("stuck");
  const auto healthy = meter().observable_gauge("healthy");
  auto first = healthy.observe([](const Observer<double>& o) { o.observe(1); });
  auto second = stuck.observe([&](const Observer<double>& o) {
    gate.pass();
    o.observe(1);
  });
  std::promise<void> done;
  CallbackThread thread;
  const auto run = thread.begin([] {});
  gate.wait_for_one();
  ::testing::internal::CaptureStderr();
  thread.give_up(*run);
  static_cast<void>(::testing::internal::GetCapturedStderr());
  const auto next = thread.begin([&] { done.set_value(); });
  ASSERT_EQ(done.get_future().wait_for(10s), std::future_status::ready) << "the others are still called";
  EXPECT_TRUE(next->is_done());
  gate.open();
  first.remove();
  second.remove();
}

}  // namespace
}  // namespace ergon::telemetry::test
