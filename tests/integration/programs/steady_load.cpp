// Records spans, logs and counts at a steady rate and sends them to an OTLP/gRPC backend:
//   steady_load ENDPOINT SECONDS RATE
// Spans carry 0, 1, 2, … in the attribute `i`, logs as well. It says "a third" after a third of the time and
// "two thirds" after as much again; its last line is its books, as JSON.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <ergon/telemetry.hpp>

#include "print_books.hpp"

namespace {

using namespace ergon;
using namespace std::chrono_literals;

constexpr std::int64_t kStepsPerSecond = 100;

TelemetryConfig all_to(const std::string& endpoint) {
  const OtlpGrpcExporter exporter{.endpoint = endpoint};
  return {.service_name = "steady",
          .logging = LoggingConfig{.handlers = {OtlpHandler{.exporter = exporter}}},
          .metrics =
              MetricsConfig{.readers = {PeriodicReader{
                                .interval = 1s, .exporter = OtlpGrpcMetricExporter{.endpoint = endpoint}}}},
          .tracing = TracingConfig{
              .processors = {BatchSpanProcessor{.schedule_delay = 200ms, .exporter = exporter}}}};
}

class Load {
 public:
  void record(std::int64_t records) {
    for (std::int64_t i = 0; i < records; ++i) {
      const auto span = tracer_.scoped_span("order", {{"i", recorded_}});
      log_.with({{"i", recorded_}}).info("charged order {}", recorded_);
      orders_.add(1);
      ++recorded_;
    }
  }

 private:
  Tracer tracer_ = get_tracer("steady");
  Logger log_ = get_logger("steady");
  Counter<std::int64_t> orders_ = get_meter("steady").counter("orders");
  std::int64_t recorded_ = 0;
};

void say(const char* text) {
  std::puts(text);
  std::fflush(stdout);
}

void run(std::int64_t seconds, std::int64_t rate) {
  Load load;
  const std::int64_t steps = seconds * kStepsPerSecond;
  const auto begin = std::chrono::steady_clock::now();
  for (std::int64_t step = 0; step < steps; ++step) {
    load.record(rate / kStepsPerSecond);
    if (step == steps / 3) say("a third");
    if (step == 2 * steps / 3) say("two thirds");
    std::this_thread::sleep_until(begin + (step + 1) * 1s / kStepsPerSecond);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  auto session = telemetry::start(all_to(arguments[1]));
  if (!session) return 1;
  run(std::atoll(arguments[2]), std::atoll(arguments[3]));
  const bool is_done = session.shutdown(60s);
  test::print_books(session.statistics(), is_done);
}
