#include <opentelemetry/context/context.h>
#include <opentelemetry/metrics/sync_instruments.h>
#include <opentelemetry/sdk/metrics/data/metric_data.h>
#include <opentelemetry/sdk/metrics/export/metric_producer.h>
#include <opentelemetry/sdk/metrics/meter_provider.h>
#include <opentelemetry/sdk/metrics/metric_reader.h>

#include <array>
#include <string>

#include "opentelemetry_peer.hpp"

namespace ergon::bench {

namespace {

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

// A provider and a reader that is asked once, at the end.
class MetricSide : public Side {
 public:
  MetricSide() { provider_.AddMetricReader(reader_); }
  void settle() override {}
  bool has_delivered(std::uint64_t calls) override {
    std::uint64_t counted = 0;
    reader_->Collect([&](sdk::metrics::ResourceMetrics& collected) {
      for (const auto& scope : collected.scope_metric_data_) {
        for (const auto& metric : scope.metric_data_) counted += count_of(metric);
      }
      return true;
    });
    return counted == calls;
  }

 protected:
  api::nostd::shared_ptr<api::metrics::Meter> meter() { return provider_.GetMeter("bench"); }

  CallValues values_;

 private:
  static std::uint64_t count_of(const sdk::metrics::MetricData& metric) {
    std::uint64_t count = 0;
    for (const auto& point : metric.point_data_attr_) {
      if (const auto* sum = api::nostd::get_if<sdk::metrics::SumPointData>(&point.point_data)) {
        count += static_cast<std::uint64_t>(api::nostd::get<std::int64_t>(sum->value_));
      } else {
        count += api::nostd::get<sdk::metrics::HistogramPointData>(point.point_data).count_;
      }
    }
    return count;
  }

  std::shared_ptr<IdleReader> reader_ = std::make_shared<IdleReader>();
  sdk::metrics::MeterProvider provider_;
};

class Counters final : public MetricSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      counter_->Add(
          1,
          {{"order.kind", values_.order_id}, {"currency", values_.currency}, {"region", values_.customer}});
    }
  }

 private:
  api::nostd::unique_ptr<api::metrics::Counter<std::uint64_t>> counter_ =
      meter()->CreateUInt64Counter("orders.charged");
};

class CountersOf16Sets final : public MetricSide {
 public:
  CountersOf16Sets() {
    for (std::size_t i = 0; i < customers_.size(); ++i) customers_[i] = "customer-" + std::to_string(i);
  }
  void burst() override {
    for (std::size_t i = 0; i < kBurstCalls; ++i) {
      counter_->Add(1, {{"order.kind", values_.order_id},
                        {"currency", values_.currency},
                        {"region", customers_[i % customers_.size()]}});
    }
  }

 private:
  std::array<std::string, 16> customers_;
  api::nostd::unique_ptr<api::metrics::Counter<std::uint64_t>> counter_ =
      meter()->CreateUInt64Counter("orders.by.customer");
};

// The peer's stable API has no bound instruments: without attributes is the nearest that it has.
class PlainCounters final : public MetricSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) counter_->Add(1);
  }

 private:
  api::nostd::unique_ptr<api::metrics::Counter<std::uint64_t>> counter_ =
      meter()->CreateUInt64Counter("orders.plain");
};

class Histograms final : public MetricSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) {
      histogram_->Record(
          i, {{"order.kind", values_.order_id}, {"currency", values_.currency}, {"region", values_.customer}},
          api::context::Context{});
    }
  }

 private:
  api::nostd::unique_ptr<api::metrics::Histogram<double>> histogram_ =
      meter()->CreateDoubleHistogram("orders.amount");
};

class PlainHistograms final : public MetricSide {
 public:
  void burst() override {
    for (int i = 0; i < kBurstCalls; ++i) histogram_->Record(i, api::context::Context{});
  }

 private:
  api::nostd::unique_ptr<api::metrics::Histogram<double>> histogram_ =
      meter()->CreateDoubleHistogram("orders.plain.amount");
};

// The same five metrics as ours of a transaction, with their attributes at each call.
class TransactionMetrics final : public MetricSide {
 public:
  void burst() override {
    const api::context::Context context;
    for (int i = 0; i < kBurstCalls; ++i) {
      total_->Add(1, {{"task", "Bench"}, {"status", "success"}});
      duration_->Record(kSeconds, {{"task", "Bench"}, {"status", "success"}}, context);
      stage_->Record(kSeconds, {{"task", "Bench"}, {"stage", "process"}}, context);
      outcome_->Add(1, {{"task", "Bench"}, {"stage", "process"}, {"outcome", "ok"}});
      process_->Record(kSeconds,
                       {{"messaging.system", "jsonl"},
                        {"messaging.destination.name", "orders"},
                        {"messaging.operation.name", "process"}},
                       context);
    }
  }
  bool has_delivered(std::uint64_t calls) override { return MetricSide::has_delivered(5 * calls); }

 private:
  using Counter = api::nostd::unique_ptr<api::metrics::Counter<std::uint64_t>>;
  using Histogram = api::nostd::unique_ptr<api::metrics::Histogram<double>>;
  static constexpr double kSeconds = 0.0003;

  Counter total_ = meter()->CreateUInt64Counter("consumer.transactions.total");
  Counter outcome_ = meter()->CreateUInt64Counter("consumer.lifecycle.outcome");
  Histogram duration_ = meter()->CreateDoubleHistogram("consumer.transactions.duration");
  Histogram stage_ = meter()->CreateDoubleHistogram("consumer.lifecycle.duration");
  Histogram process_ = meter()->CreateDoubleHistogram("messaging.process.duration");
};

}  // namespace

std::unique_ptr<Side> opentelemetry_transaction_metrics() { return std::make_unique<TransactionMetrics>(); }
std::unique_ptr<Side> opentelemetry_counters() { return std::make_unique<Counters>(); }
std::unique_ptr<Side> opentelemetry_counters_of_16_sets() { return std::make_unique<CountersOf16Sets>(); }
std::unique_ptr<Side> opentelemetry_plain_counters() { return std::make_unique<PlainCounters>(); }
std::unique_ptr<Side> opentelemetry_histograms() { return std::make_unique<Histograms>(); }
std::unique_ptr<Side> opentelemetry_plain_histograms() { return std::make_unique<PlainHistograms>(); }

}  // namespace ergon::bench
