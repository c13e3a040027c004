#include <opentelemetry/exporters/otlp/otlp_log_recordable.h>
#include <opentelemetry/logs/logger.h>
#include <opentelemetry/metrics/sync_instruments.h>
#include <opentelemetry/sdk/logs/batch_log_record_processor.h>
#include <opentelemetry/sdk/logs/batch_log_record_processor_options.h>
#include <opentelemetry/sdk/logs/exporter.h>
#include <opentelemetry/sdk/logs/logger_provider.h>
#include <opentelemetry/sdk/metrics/data/metric_data.h>
#include <opentelemetry/sdk/metrics/export/metric_producer.h>
#include <opentelemetry/sdk/metrics/meter_provider.h>
#include <opentelemetry/sdk/metrics/metric_reader.h>
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

class IdleReader final : public sdk::metrics::MetricReader {
 public:
  sdk::metrics::AggregationTemporality GetAggregationTemporality(
      sdk::metrics::InstrumentType) const noexcept override {
    return sdk::metrics::AggregationTemporality::kCumulative;
  }

 private:
  bool OnForceFlush(std::chrono::microseconds) noexcept override { return true; }
  bool OnShutDown(std::chrono::microseconds) noexcept override { return true; }
};

class Counters final : public Side {
 public:
  Counters() {
    provider_.AddMetricReader(reader_);
    counter_ = provider_.GetMeter("bench")->CreateUInt64Counter("orders.charged");
  }
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      counter_->Add(
          1,
          {{"order.kind", values_.order_id}, {"currency", values_.currency}, {"region", values_.customer}});
    }
  }
  void settle() override {}
  bool has_delivered(std::uint64_t calls) override {
    std::uint64_t counted = 0;
    reader_->Collect([&](sdk::metrics::ResourceMetrics& collected) {
      for (const auto& scope : collected.scope_metric_data_) {
        for (const auto& metric : scope.metric_data_) counted += sum_of(metric);
      }
      return true;
    });
    return counted == calls;
  }

 private:
  static std::uint64_t sum_of(const sdk::metrics::MetricData& metric) {
    std::uint64_t sum = 0;
    for (const auto& point : metric.point_data_attr_) {
      const auto& data = api::nostd::get<sdk::metrics::SumPointData>(point.point_data);
      sum += static_cast<std::uint64_t>(api::nostd::get<std::int64_t>(data.value_));
    }
    return sum;
  }

  CallValues values_;
  std::shared_ptr<IdleReader> reader_ = std::make_shared<IdleReader>();
  sdk::metrics::MeterProvider provider_;
  api::nostd::unique_ptr<api::metrics::Counter<std::uint64_t>> counter_;
};

}  // namespace

std::unique_ptr<Side> opentelemetry_logs() { return std::make_unique<Logs>(); }
std::unique_ptr<Side> opentelemetry_counters() { return std::make_unique<Counters>(); }

}  // namespace ergon::bench
