#include <ergon/telemetry.hpp>
#include <ergon/testing/recording.hpp>

#include "sides.hpp"

namespace ergon::bench {

namespace {

using namespace std::chrono_literals;

// Everything goes to the console, whose stream main() has sent to /dev/null: whole way, no backend needed.
TelemetryConfig config() {
  TelemetryConfig config;
  config.service_name = "bench";
  config.logging = LoggingConfig{
      .handlers = {OtlpHandler{.processors = {BatchLogProcessor{.exporter = ConsoleExporter{}}}}}};
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = ConsoleExporter{}}}};
  return config;
}

class ErgonSide : public Side {
 public:
  void settle() override { static_cast<void>(session_.flush(10s)); }

 protected:
  telemetry::Statistics stop() {
    static_cast<void>(session_.shutdown(10s));
    return session_.statistics();
  }

  CallValues values_;

 private:
  telemetry::Session session_ = telemetry::start(config());
};

class Spans final : public ErgonSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      const auto span = tracer_.scoped_span("payment.charge", {{"order.id", values_.order_id},
                                                               {"currency", values_.currency},
                                                               {"customer.id", values_.customer}});
    }
  }
  bool has_delivered(std::uint64_t calls) override { return stop().spans.total.delivered == calls; }

 private:
  Tracer tracer_ = get_tracer("bench");
};

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

std::unique_ptr<Side> ergon_spans() { return std::make_unique<Spans>(); }
std::unique_ptr<Side> ergon_logs() { return std::make_unique<Logs>(); }
std::unique_ptr<Side> ergon_counters() { return std::make_unique<Counters>(); }

}  // namespace ergon::bench
