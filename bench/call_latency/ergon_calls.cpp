#include <ergon/telemetry.hpp>

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
  config.metrics = MetricsConfig{.readers = {PeriodicReader{.exporter = ConsoleExporter{}}}};
  config.tracing = TracingConfig{.processors = {BatchSpanProcessor{.exporter = ConsoleExporter{}}}};
  return config;
}

class ErgonSide : public Side {
 public:
  void settle() override { flushed_ &= session_.flush(10s); }
  bool nothing_was_lost() override {
    flushed_ &= session_.shutdown(10s);
    const telemetry::Statistics statistics = session_.statistics();
    const auto whole = [](const telemetry::SignalStatistics& signal) {
      return signal.total.delivered == signal.total.created;
    };
    return flushed_ && whole(statistics.spans) && whole(statistics.logs);
  }

 protected:
  CallValues values_;

 private:
  telemetry::Session session_ = telemetry::start(config());
  bool flushed_ = true;
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

 private:
  Tracer tracer_ = get_tracer("bench");
};

class Logs final : public ErgonSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) log_.info("charged {} to {}", i, values_.customer);
  }

 private:
  Logger log_ = get_logger("bench");
};

class Counters final : public ErgonSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      counter_.add(
          1,
          {{"order.kind", values_.order_id}, {"currency", values_.currency}, {"region", values_.customer}});
    }
  }

 private:
  Counter<std::int64_t> counter_ = get_meter("bench").counter("orders.charged");
};

}  // namespace

std::unique_ptr<Side> ergon_spans() { return std::make_unique<Spans>(); }
std::unique_ptr<Side> ergon_logs() { return std::make_unique<Logs>(); }
std::unique_ptr<Side> ergon_counters() { return std::make_unique<Counters>(); }

}  // namespace ergon::bench
