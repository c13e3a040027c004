#include "collect_series.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <ergon/telemetry.hpp>

#include "telemetry/metrics/collector.hpp"
#include "telemetry/metrics/instrument_registry.hpp"
#include "telemetry/record/recording_state.hpp"

namespace bench {

using namespace ergon;
using namespace ergon::telemetry;

Collected collect_series() {
  g_budget.set_limit(64U << 20U);
  InstrumentRegistry::instance().configure({});
  const std::size_t before = g_budget.used();
  std::vector<Counter<std::int64_t>> counters;
  for (int i = 0; i < kCounters; ++i)
    counters.push_back(get_meter("bench").counter("orders." + std::to_string(i)));
  std::vector<std::string> customers;
  for (int i = 0; i < kSets; ++i) customers.push_back("customer-" + std::to_string(i));
  MetricCollector collector(0);
  Collected result;
  for (int i = 0; i < kCollections; ++i) {
    for (const auto& counter : counters) {
      for (const std::string& customer : customers)
        counter.add(1, {{"order.kind", "web"}, {"currency", "EUR"}, {"customer.id", customer}});
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto metrics = collector.collect(static_cast<std::uint64_t>(i) + 1);
    result.best = std::min(result.best, decltype(result.best)(std::chrono::steady_clock::now() - begin));
    result.points = result.request_bytes = 0;
    for (const CollectedMetric& metric : metrics) {
      result.points += metric.points;
      result.request_bytes += metric.message.size();
    }
  }
  result.bytes = g_budget.used() - before;
  return result;
}

}  // namespace bench
