// Uses what telemetry offers, compiled without exceptions and RTTI, to standard output. Exit code 0 when all
// of it was delivered.
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "all_headers.hpp"

namespace {

const ergon::Logger kLog = ergon::get_logger("plain");

void record_span(const ergon::Tracer& tracer) {
  auto span = tracer.scoped_span("charge", {{"order.id", "o-1"}, {"items", std::vector{1, 2}}});
  span.set_attribute("amount", 12.5);
  span.add_event("retried", {{"attempt", 2}});
  span.record_exception("declined", "no funds");
  span.set_status(ergon::StatusCode::error, "declined");
  kLog.with({{"order.id", "o-1"}}).event("order.charged").info("charged {} {}", 12.5, std::string("EUR"));
}

void record_metrics(const ergon::Meter& meter) {
  meter.counter("orders").add(1, {{"currency", "EUR"}});
  meter.up_down_counter("open").add(-1);
  meter.histogram("duration", {.unit = "s", .boundaries = {0.1, 1}}).record(0.5);
  meter.gauge("temperature").record(21.5);
}

// Whether the context of a span and baggage come back from headers.
bool travels(const ergon::Tracer& tracer) {
  std::map<std::string, std::string> headers;
  const ergon::Span span = tracer.start_span("sent");
  const auto scope = span.make_current();
  ergon::inject(headers);
  const ergon::Context there = ergon::extract(headers);
  return there.span_context().trace_id == span.context().trace_id;
}

bool is_delivered(const ergon::telemetry::SignalStatistics& signal) {
  return signal.total.created == signal.total.delivered;
}

}  // namespace

int main() {
  auto session = ergon::telemetry::start(
      {.service_name = "plain",
       .logging = ergon::LoggingConfig{},
       .metrics = ergon::MetricsConfig{.readers = {ergon::PeriodicReader{
                                           .exporter = ergon::ConsoleMetricExporter{}}}},
       .tracing = ergon::TracingConfig{
           .processors = {ergon::BatchSpanProcessor{.exporter = ergon::ConsoleExporter{}}}}});
  const ergon::Tracer tracer = ergon::get_tracer("plain");
  const ergon::Meter meter = ergon::get_meter("plain");
  const auto waiting = meter.observable_gauge("waiting").observe([](const auto& to) { to.observe(3); });
  ergon::traced("whole", [&] { record_span(tracer); });
  record_metrics(meter);
  const bool has_travelled = travels(tracer);
  const bool is_done = session.shutdown(std::chrono::seconds(10));
  const auto books = session.statistics();
  const bool is_on = books.spans.total.created > 0;
  return is_done && is_delivered(books.spans) && is_delivered(books.logs) &&
                 is_delivered(books.metric_points) && (has_travelled || !is_on)
             ? 0
             : 1;
}
