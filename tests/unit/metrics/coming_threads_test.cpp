#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/record/recording_state.hpp"
#include "unit/support_engine/fresh_process.hpp"
#include "unit/support_engine/metric_points.hpp"

// Very many threads, some at a time, each with measurements of its own.
namespace ergon::telemetry::test {
namespace {

using ergon::test::run_in_fresh_process;
using ergon::testing::RecordedPoint;

#if defined(ERGON_SANITIZED_THREAD) || defined(ERGON_SANITIZED_ADDRESS)
constexpr std::uint64_t kThreads =
    1'000;  // which are dear there, and the sanitizers keep memory of their own
constexpr bool kHasPlainMemory = false;
#else
constexpr std::uint64_t kThreads = 10'000;
constexpr bool kHasPlainMemory = true;
#endif
constexpr std::uint64_t kAtOnce = 40;
constexpr std::uint64_t kAdds = 10;              // of each thread
constexpr std::uint64_t kFirst = kThreads / 10;  // after so many, there is no more to get used to
constexpr std::uint64_t kMostGrowth = 2U << 20U;

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

struct Instruments {
  Meter meter{get_meter("coming")};
  Counter<std::int64_t> counter{meter.counter("coming.counter")};
  BoundCounter<double> bound{meter.counter<double>("coming.bound").bind({{"a", 1}})};
  Histogram<double> histogram{meter.histogram("coming.histogram", {.boundaries = {4, 8}})};
  Histogram<double> exponential{meter.histogram("coming.exponential")};
  Gauge<std::int64_t> gauge{meter.gauge<std::int64_t>("coming.gauge")};

  void measure() const {
    for (std::uint64_t i = 0; i < kAdds; ++i) {
      counter.add(1, {{"id", i}});
      bound.add(0.5);
      histogram.record(static_cast<double>(i));
      exponential.record(static_cast<double>(i + 1));
      gauge.record(static_cast<std::int64_t>(i));
    }
  }
};

// Threads that are all there at the same time.
void measure_in_threads(const Instruments& instruments) {
  std::latch all(kAtOnce);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kAtOnce; ++t) {
    threads.emplace_back([&] {
      instruments.measure();
      all.arrive_and_wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Of a delta reader, all that it ever got.
class Received {
 public:
  void collect() {
    for (const RecordedPoint& point : reader_.all_points()) {
      if (point.name == "coming.counter") counted_ += point.value;
      if (point.name == "coming.bound") bound_ += point.value;
      if (point.name == "coming.histogram") {
        recorded_ += point.count;
        sum_ += point.sum;
      }
      if (point.name == "coming.exponential") spread_ += point.count;
      if (point.name == "coming.gauge") last_ = point.value;
    }
  }
  void expect_all_of(std::uint64_t threads) const {
    const auto adds = static_cast<double>(threads * kAdds);
    EXPECT_EQ(counted_, adds);
    EXPECT_EQ(bound_, adds / 2);
    EXPECT_EQ(recorded_, threads * kAdds);
    EXPECT_EQ(sum_, static_cast<double>(threads * (kAdds - 1) * kAdds / 2));
    EXPECT_EQ(spread_, threads * kAdds);
    EXPECT_EQ(last_, kAdds - 1);
  }

 private:
  ManualReader reader_;
  double counted_{0};
  double bound_{0};
  std::uint64_t recorded_{0};
  double sum_{0};
  std::uint64_t spread_{0};
  double last_{-1};
};

void measure_in_many_threads() {
  g_budget.set_limit(64U << 20U);
  const PlanScope plan(MetricsPlan{
      .readers = {ReaderPlan{.temporality = TemporalityPreference::delta}},
      .views = {ViewPlan{.instrument_name = "coming.exponential",
                         .aggregation = Aggregation{.kind = Aggregation::Kind::exponential_buckets}}}});
  const Instruments instruments;
  Received received;
  std::uint64_t budget = 0;
  ::mallopt(M_ARENA_MAX, 2);  // or an arena that comes late would look like growth
  std::uint64_t resident = 0;
  for (std::uint64_t done = 0; done < kThreads; done += kAtOnce) {
    measure_in_threads(instruments);
    if (done / kAtOnce % 10 == 0) received.collect();
    if (budget == 0 && done >= kFirst) {
      budget = g_budget.used();
      resident = resident_bytes();
    }
  }
  for (int i = 0; i < 3; ++i) received.collect();
  received.expect_all_of(kThreads);
  EXPECT_LE(g_budget.used(), budget + (64U << 10U));
  if (kHasPlainMemory) {
    EXPECT_LE(resident_bytes(), resident + kMostGrowth);
  }
}

TEST(ComingThreads, LoseNothingAndLeaveMemoryFlat) { run_in_fresh_process(&measure_in_many_threads); }

}  // namespace
}  // namespace ergon::telemetry::test
