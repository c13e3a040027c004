#include <opentelemetry/exporters/otlp/otlp_log_recordable.h>
#include <opentelemetry/logs/logger.h>
#include <opentelemetry/sdk/logs/batch_log_record_processor.h>
#include <opentelemetry/sdk/logs/batch_log_record_processor_options.h>
#include <opentelemetry/sdk/logs/exporter.h>
#include <opentelemetry/sdk/logs/logger_provider.h>
#include <opentelemetry/trace/scope.h>

#include "opentelemetry_peer.hpp"

namespace ergon::bench {

namespace {

using DroppingLogs =
    DroppingExporter<sdk::logs::LogRecordExporter, sdk::logs::Recordable, otlp::OtlpLogRecordable>;

class Logs final : public Side {
 public:
  Logs() {
    sdk::logs::BatchLogRecordProcessorOptions options;
    options.max_queue_size = kPeerQueue;
    provider_ =
        std::make_unique<sdk::logs::LoggerProvider>(std::make_unique<sdk::logs::BatchLogRecordProcessor>(
            std::make_unique<DroppingLogs>(taken_), options));
    logger_ = provider_->GetLogger("bench", "bench");
  }
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      logger_->Info("charged {count} to {customer}",
                    api::common::MakeAttributes({{"count", i}, {"customer", values_.customer}}));
    }
  }
  void settle() override { provider_->ForceFlush(); }
  bool has_delivered(std::uint64_t calls) override { return taken_ == calls; }

 private:
  CallValues values_;
  std::atomic<std::uint64_t> taken_{0};
  std::unique_ptr<sdk::logs::LoggerProvider> provider_;
  api::nostd::shared_ptr<api::logs::Logger> logger_;
  std::atomic<std::uint64_t> spans_taken_{0};
  std::unique_ptr<sdk::trace::TracerProvider> tracers_ = make_tracer_provider(spans_taken_, always_on());
  api::trace::Scope current_{tracers_->GetTracer("bench")->StartSpan("order")};
};

}  // namespace

std::unique_ptr<Side> opentelemetry_logs() { return std::make_unique<Logs>(); }

}  // namespace ergon::bench
