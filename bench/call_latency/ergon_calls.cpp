#include <ergon/testing/recording.hpp>

#include "ergon_session.hpp"

namespace ergon::bench {

namespace {

class Logs final : public ErgonSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) log_.info("charged {} to {}", i, values_.customer);
  }
  bool has_delivered(std::uint64_t calls) override {
    current_.end();
    return stop().logs.total.delivered == calls;
  }

 private:
  Logger log_ = get_logger("bench");
  ScopedSpan current_ = get_tracer("bench").scoped_span("order");
};

class DisabledLogs final : public ErgonSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) log_.debug("charged {} to {}", i, values_.customer);
  }
  bool has_delivered(std::uint64_t /*calls*/) override { return stop().logs.total.created == 0; }

 private:
  Logger log_ = get_logger("bench");
};

// Nothing is queued, so nothing settles; the recorder shows what was counted.
class Counters final : public Side {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      counter_.add(
          1,
          {{"order.kind", values_.order_id}, {"currency", values_.currency}, {"region", values_.customer}});
    }
  }
  void settle() override {}
  bool has_delivered(std::uint64_t calls) override {
    const testing::Recording recording = recorder_.stop();
    return recording.points().size() == 1 && recording.points()[0].value == static_cast<double>(calls);
  }

 private:
  CallValues values_;
  testing::Recorder recorder_{"bench"};
  Counter<std::int64_t> counter_ = get_meter("bench").counter("orders.charged");
};

}  // namespace

std::unique_ptr<Side> ergon_logs() { return std::make_unique<Logs>(); }
std::unique_ptr<Side> ergon_disabled_logs() { return std::make_unique<DisabledLogs>(); }
std::unique_ptr<Side> ergon_counters() { return std::make_unique<Counters>(); }

}  // namespace ergon::bench
