#include <ergon/telemetry.hpp>

// Telemetry without tasks: a console log by default; the OTEL_* environment variables and `start_from_file`
// configure it from outside. Everything recorded is flushed when `telemetry` goes out of scope.
int main() {
  auto telemetry = ergon::telemetry::start({.service_name = "billing"});
  auto span = ergon::get_tracer("billing").scoped_span("nightly.run");
  ergon::get_logger("billing").info("started with {} accounts", 42);
}
