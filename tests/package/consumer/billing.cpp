// Telemetry alone. Prints what was delivered, or that telemetry is off, as the definition says that has to
// come with the library.
#include <chrono>
#include <cstdio>

#include <ergon/telemetry.hpp>

int main() {
  auto session = ergon::telemetry::start(
      {.service_name = "billing",
       .logging = ergon::LoggingConfig{},
       .metrics = ergon::MetricsConfig{.readers = {ergon::PeriodicReader{
                                           .exporter = ergon::OtlpFileMetricExporter{}}}},
       .tracing = ergon::TracingConfig{
           .processors = {ergon::BatchSpanProcessor{.exporter = ergon::OtlpFileExporter{}}}}});
  {
    auto span = ergon::get_tracer("billing").scoped_span("nightly.run");
    ergon::get_logger("billing").info("started with {} accounts", 42);
    ergon::get_meter("billing").counter("runs").add(1);
  }
  const bool is_done = session.shutdown(std::chrono::seconds(10));
#if defined(ERGON_TELEMETRY_OFF)
  std::puts("telemetry is off");
  return is_done ? 0 : 1;
#else
  const auto books = session.statistics();
  std::printf("spans %d, logs %d\n", static_cast<int>(books.spans.total.delivered),
              static_cast<int>(books.logs.total.delivered));
  return is_done && books.metric_points.total.delivered >= 1 ? 0 : 1;
#endif
}
