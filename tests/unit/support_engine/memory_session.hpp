#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/export/memory_sink.hpp"
#include "telemetry/session/engine.hpp"

namespace ergon::test {

/// What the SDK tells of itself left out.
inline View without_sdk_metrics() {
  return {.selector = {.instrument_name = "otel.sdk.*"}, .stream = {.aggregation = DropAggregation{}}};
}

/// All three signals, every level, every span; of metrics the program's own.
inline TelemetryConfig everything() {
  TelemetryConfig config;
  config.service_name = "test";
  config.logging = LoggingConfig{.level = Level::trace, .handlers = {OtlpHandler{.level = Level::trace}}};
  config.metrics = MetricsConfig{.views = {without_sdk_metrics()}};
  config.tracing = TracingConfig{};
  return config;
}

/// A real session whose requests are kept in memory as the bytes that would go to a backend.
class MemorySession {
 public:
  explicit MemorySession(TelemetryConfig config = everything(), telemetry::RuntimeOptions options = {})
      : memory_(std::make_shared<telemetry::MemorySink>()),
        started_(telemetry::Engine::instance().start(std::move(config), std::move(options), memory_)) {}
  MemorySession(const MemorySession&) = delete;
  MemorySession& operator=(const MemorySession&) = delete;
  ~MemorySession() { stop(); }

  [[nodiscard]] const std::vector<std::string>& errors() const { return started_.errors; }

  bool flush() { return telemetry::Engine::instance().flush(started_.number, kPatience); }
  bool stop() { return stop_within(kPatience); }
  bool stop_within(std::chrono::milliseconds timeout) {
    return telemetry::Engine::instance().shutdown(started_.number, timeout);
  }
  [[nodiscard]] telemetry::Statistics statistics() {
    return telemetry::Engine::instance().statistics(started_.number);
  }

  /// The requests of one signal since the last call for it, everything recorded so far included.
  [[nodiscard]] std::vector<std::string> take(telemetry::Signal wanted) {
    flush();
    for (auto& [signal, request] : memory_->take())
      kept_[static_cast<std::size_t>(signal)].push_back(std::move(request));
    return std::exchange(kept_[static_cast<std::size_t>(wanted)], {});
  }

 private:
  static constexpr std::chrono::seconds kPatience{20};

  std::shared_ptr<telemetry::MemorySink> memory_;
  telemetry::Engine::Started started_;
  std::array<std::vector<std::string>, telemetry::kSignals> kept_;
};

}  // namespace ergon::test
