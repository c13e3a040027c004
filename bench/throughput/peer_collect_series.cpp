#include <opentelemetry/metrics/sync_instruments.h>
#include <opentelemetry/sdk/metrics/data/metric_data.h>
#include <opentelemetry/sdk/metrics/export/metric_producer.h>
#include <opentelemetry/sdk/metrics/meter_provider.h>
#include <opentelemetry/sdk/metrics/metric_reader.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "collect_series.hpp"

namespace bench {

namespace {

namespace sdk = opentelemetry::sdk::metrics;

class AskedReader final : public sdk::MetricReader {
 public:
  sdk::AggregationTemporality GetAggregationTemporality(
      sdk::InstrumentType /*type*/) const noexcept override {
    return sdk::AggregationTemporality::kCumulative;
  }

 private:
  bool OnForceFlush(std::chrono::microseconds /*timeout*/) noexcept override { return true; }
  bool OnShutDown(std::chrono::microseconds /*timeout*/) noexcept override { return true; }
};

}  // namespace

Collected collect_peer_series() {
  sdk::MeterProvider provider;
  const auto reader = std::make_shared<AskedReader>();
  provider.AddMetricReader(reader);
  const auto meter = provider.GetMeter("bench");
  std::vector<opentelemetry::nostd::unique_ptr<opentelemetry::metrics::Counter<std::uint64_t>>> counters;
  for (int i = 0; i < kCounters; ++i)
    counters.push_back(meter->CreateUInt64Counter("orders." + std::to_string(i)));
  std::vector<std::string> customers;
  for (int i = 0; i < kSets; ++i) customers.push_back("customer-" + std::to_string(i));
  Collected result;
  for (int i = 0; i < kCollections; ++i) {
    for (const auto& counter : counters) {
      for (const std::string& customer : customers)
        counter->Add(1, {{"order.kind", "web"}, {"currency", "EUR"}, {"customer.id", customer}});
    }
    const auto begin = std::chrono::steady_clock::now();
    result.points = 0;
    reader->Collect([&](sdk::ResourceMetrics& collected) {
      for (const auto& scope : collected.scope_metric_data_) {
        for (const auto& metric : scope.metric_data_) result.points += metric.point_data_attr_.size();
      }
      return true;
    });
    result.best = std::min(result.best, decltype(result.best)(std::chrono::steady_clock::now() - begin));
  }
  return result;
}

}  // namespace bench
