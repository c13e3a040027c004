#pragma once

#include <chrono>

#include <ergon/telemetry.hpp>

#include "sides.hpp"

namespace ergon::bench {

/// Everything goes to the console, whose stream main() has sent to /dev/null: whole way, no backend needed.
inline TelemetryConfig to_console(const Sampler& sampler = ParentBased{}) {
  TelemetryConfig config;
  config.service_name = "bench";
  config.logging = LoggingConfig{
      .handlers = {OtlpHandler{.processors = {BatchLogProcessor{.exporter = ConsoleExporter{}}}}}};
  config.tracing =
      TracingConfig{.sampler = sampler, .processors = {BatchSpanProcessor{.exporter = ConsoleExporter{}}}};
  return config;
}

/// Our side of a comparison, in a session of its own.
class ErgonSide : public Side {
 public:
  explicit ErgonSide(const Sampler& sampler = ParentBased{})
      : session_(telemetry::start(to_console(sampler))) {}
  void settle() override { static_cast<void>(session_.flush(std::chrono::seconds(10))); }

 protected:
  telemetry::Statistics stop() {
    static_cast<void>(session_.shutdown(std::chrono::seconds(10)));
    return session_.statistics();
  }

  CallValues values_;

 private:
  telemetry::Session session_;
};

}  // namespace ergon::bench
