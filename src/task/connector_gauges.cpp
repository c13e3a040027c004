#include "task/connector_gauges.hpp"

#include <cstdint>
#include <utility>

#include <ergon/telemetry/meter.hpp>

#include "base/version.hpp"

namespace ergon::inline v0::detail {

CallbackRegistration observe_connectors(const std::vector<std::string>& names,
                                        const std::vector<std::unique_ptr<Connector>>& connectors) {
  const Meter meter = get_meter("ergon.task", {.version = base::kVersion});
  const auto count = meter.observable_gauge<std::int64_t>(
      "ergon.connector.count",
      {.unit = "{transaction}", .description = "Transactions that wait to be fetched, where that is known."});
  const auto healthy = meter.observable_gauge<std::int64_t>(
      "ergon.connector.healthy",
      {.unit = "1", .description = "Whether a connector can do its work: 1 or 0."});
  std::vector<std::pair<std::string, Connector*>> all;
  for (std::size_t i = 0; i < names.size(); ++i) all.emplace_back(names[i], connectors[i].get());
  return Meter::observe(
      [all = std::move(all), count, healthy](const BatchObserver& observer) {
        for (const auto& [name, connector] : all) {
          observer.observe(healthy, std::int64_t{connector->health().is_healthy ? 1 : 0},
                           {{"connector", name}});
          if (const auto waiting = connector->count())
            observer.observe(count, static_cast<std::int64_t>(*waiting), {{"connector", name}});
        }
      },
      count, healthy);
}

}  // namespace ergon::inline v0::detail
