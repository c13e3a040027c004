#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/metric_points.hpp"

// Threads count as fast as they can while readers collect: nothing is lost, nothing comes twice, and what is
// collected of a histogram is of one moment.
namespace ergon::telemetry::test {
namespace {

using namespace std::chrono_literals;
using ergon::testing::PointKind;
using ergon::testing::RecordedPoint;
using Totals = std::map<std::string, double>;

constexpr int kThreads = 8;

// `make soak` has 10,000,000 of each thread; the sanitizers are slow.
std::uint64_t adds_of_a_thread() {
  if (const char* const wanted = std::getenv("ERGON_METRIC_ADDS")) return std::strtoull(wanted, nullptr, 10);
#if defined(ERGON_SANITIZED_THREAD) || defined(ERGON_SANITIZED_ADDRESS)
  return 30'000;
#else
  return 200'000;
#endif
}

MetricsPlan plan() {
  return {.readers = {ReaderPlan{.temporality = TemporalityPreference::delta}, ReaderPlan{}},
          .views = {ViewPlan{.instrument_name = "many.exponential",
                             .aggregation = Aggregation{.kind = Aggregation::Kind::exponential_buckets}}}};
}

struct Instruments {
  Meter meter{get_meter("many")};
  Counter<std::int64_t> counter{meter.counter("many.counter")};
  BoundCounter<std::int64_t> bound{meter.counter("many.bound").bind({{"a", 1}})};
  UpDownCounter<double> up_down{meter.up_down_counter<double>("many.updown")};
  Histogram<double> histogram{meter.histogram("many.histogram", {.boundaries = {1, 2, 3}})};
  BoundHistogram<double> bound_histogram{histogram.bind({{"id", 0}})};  // shares a set with those not bound
  Histogram<double> exponential{meter.histogram("many.exponential")};

  // The same for every thread. Of eight, two are of the counter and of the histogram, one of each other.
  void add(std::uint64_t i) const {
    const auto value = static_cast<double>(i / 8 % 5);
    switch (i % 8) {
      case 0:
      case 1:
        return counter.add(1, {{"id", i / 8 % 4}});
      case 2:
        return bound.add(2);
      case 3:
        return up_down.add(i / 8 % 2 == 0 ? 1.5 : -0.5, {{"id", i / 16 % 3}});
      case 4:
        return histogram.record(value, {{"id", i / 8 % 2}});
      case 5:
        return bound_histogram.record(value);
      case 6:
        return exponential.record(value - 2);
      default:
        return bound.add(1);
    }
  }
};

// What all threads together have added, worked out one by one.
Totals wanted(std::uint64_t adds) {
  Totals all;
  for (std::uint64_t i = 0; i < adds; ++i) {
    const auto value = static_cast<double>(i / 8 % 5);
    const auto record = [&](const std::string& name, double what) {
      all[name] += kThreads;
      all[name + ".sum"] += kThreads * what;
    };
    if (i % 8 <= 1) all["many.counter"] += kThreads;
    if (i % 8 == 2) all["many.bound"] += 2 * kThreads;
    if (i % 8 == 3) all["many.updown"] += kThreads * (i / 8 % 2 == 0 ? 1.5 : -0.5);
    if (i % 8 == 4 || i % 8 == 5) record("many.histogram", value);
    if (i % 8 == 6) record("many.exponential", value - 2);
    if (i % 8 == 7) all["many.bound"] += kThreads;
  }
  return all;
}

std::uint64_t total_of(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

// By name, over all sets; of histograms the count, and the sum as well.
Totals totals_of(const std::vector<RecordedPoint>& points) {
  Totals all;
  for (const RecordedPoint& point : points) {
    if (!point.name.starts_with("many.")) continue;
    if (point.kind == PointKind::sum) {
      all[point.name] += point.value;
      continue;
    }
    const std::uint64_t in_buckets =
        point.kind == PointKind::histogram
            ? total_of(point.buckets)
            : total_of(point.positive.counts) + total_of(point.negative.counts) + point.zero_count;
    EXPECT_EQ(in_buckets, point.count) << point.name;
    all[point.name] += static_cast<double>(point.count);
    all[point.name + ".sum"] += point.sum;
  }
  return all;
}

// Collects with both readers; what is cumulative must not go back.
class Collections {
 public:
  void collect() {
    for (const auto& [name, value] : totals_of(delta_.all_points())) {
      if (name == "many.updown") continue;  // is cumulative there, too
      deltas_[name] += value;
    }
    Totals now = totals_of(cumulative_.all_points());
    for (const auto& [name, value] : last_) {
      if (name != "many.updown" && name != "many.exponential.sum") {
        EXPECT_GE(now[name], value) << name;
      }
    }
    last_ = std::move(now);
    ++count_;
  }
  void expect(Totals all) const {
    EXPECT_EQ(last_, all);
    all.erase("many.updown");
    EXPECT_EQ(deltas_, all);
  }
  [[nodiscard]] int count() const { return count_; }

 private:
  ManualReader delta_{0};
  ManualReader cumulative_{1};
  Totals deltas_;
  Totals last_;
  int count_{0};
};

TEST(ManyAdds, AreAllCountedOnceByEveryReaderConcurrentSafe) {
  g_budget.set_limit(64U << 20U);
  const PlanScope scope(plan());
  const Instruments instruments;
  const std::uint64_t adds = adds_of_a_thread();
  Collections collections;
  std::mutex mutex;
  std::condition_variable ended;
  int running = kThreads;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i = 0; i < adds; ++i) instruments.add(i);
      const std::lock_guard guard(mutex);
      --running;
      ended.notify_one();
    });
  }
  for (bool is_over = false; !is_over;) {  // a collection each millisecond
    collections.collect();
    std::unique_lock lock(mutex);
    is_over = ended.wait_for(lock, 1ms, [&] { return running == 0; });
  }
  for (std::thread& thread : threads) thread.join();
  collections.collect();
  collections.expect(wanted(adds));
  EXPECT_GE(collections.count(), 2);
}

}  // namespace
}  // namespace ergon::telemetry::test
