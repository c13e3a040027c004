#include <array>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>

#include <ergon/testing/recording.hpp>

#include "ergon_session.hpp"

namespace ergon::bench {

namespace {

// Nothing is queued, so nothing settles; the recorder shows what was counted.
class MetricSide : public Side {
 public:
  void settle() override {}
  bool has_delivered(std::uint64_t calls) override {
    double counted = 0;
    const testing::Recording recording = stop();
    for (const testing::RecordedPoint& point : recording.points())
      counted += point.kind == testing::PointKind::sum ? point.value : static_cast<double>(point.count);
    return counted == static_cast<double>(calls);
  }

 protected:
  virtual testing::Recording stop() { return recorder_.stop(); }

  CallValues values_;
  testing::Recorder recorder_{"bench"};
};

class CountersOf16Sets final : public MetricSide {
 public:
  CountersOf16Sets() {
    for (std::size_t i = 0; i < customers_.size(); ++i) customers_[i] = "customer-" + std::to_string(i);
  }
  void burst() override {
    for (std::size_t i = 0; i < kBurstCalls; ++i) {
      counter_.add(1, {{"order.kind", values_.order_id},
                       {"currency", values_.currency},
                       {"region", customers_[i % customers_.size()]}});
    }
  }

 private:
  std::array<std::string, 16> customers_;
  Counter<std::int64_t> counter_ = get_meter("bench").counter("orders.by.customer");
};

class BoundCounters : public MetricSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) counter_.add(1);
  }

 private:
  BoundCounter<std::int64_t> counter_ =
      get_meter("bench").counter("orders.bound").bind({{"currency", values_.currency}});
};

// Inside a span that is sampled, each may become an exemplar.
class BoundCountersInSpan final : public BoundCounters {
 private:
  testing::Recording stop() override {
    current_.end();
    return BoundCounters::stop();
  }

  ScopedSpan current_ = get_tracer("bench").scoped_span("order");
};

// While another thread adds to the same counter all the time.
class BoundCountersOfTwoThreads final : public BoundCounters {
 public:
  bool has_delivered(std::uint64_t calls) override {
    other_.request_stop();
    other_.join();
    return BoundCounters::has_delivered(calls + others_);
  }

 private:
  void add_all_the_time(const std::stop_token& stop) {
    for (; !stop.stop_requested(); others_ += kBurstCalls) burst();
  }

  std::uint64_t others_{0};  // of the other thread
  std::jthread other_{[this](const std::stop_token& stop) { add_all_the_time(stop); }};
};

class Histograms final : public MetricSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      histogram_.record(
          i,
          {{"order.kind", values_.order_id}, {"currency", values_.currency}, {"region", values_.customer}});
    }
  }

 private:
  Histogram<double> histogram_ = get_meter("bench").histogram("orders.amount");
};

class BoundHistograms final : public MetricSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) histogram_.record(i);
  }

 private:
  BoundHistogram<double> histogram_ =
      get_meter("bench").histogram("orders.bound.amount").bind({{"currency", values_.currency}});
};

}  // namespace

std::unique_ptr<Side> ergon_counters_of_16_sets() { return std::make_unique<CountersOf16Sets>(); }
std::unique_ptr<Side> ergon_bound_counters() { return std::make_unique<BoundCounters>(); }
std::unique_ptr<Side> ergon_bound_counters_in_span() { return std::make_unique<BoundCountersInSpan>(); }
std::unique_ptr<Side> ergon_bound_counters_of_two_threads() {
  return std::make_unique<BoundCountersOfTwoThreads>();
}
std::unique_ptr<Side> ergon_histograms() { return std::make_unique<Histograms>(); }
std::unique_ptr<Side> ergon_bound_histograms() { return std::make_unique<BoundHistograms>(); }

}  // namespace ergon::bench
