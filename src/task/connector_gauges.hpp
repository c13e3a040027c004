#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ergon/task/connector.hpp>
#include <ergon/telemetry/observable.hpp>

namespace ergon::inline v0::detail {

/// The gauges `ergon.connector.count` and `ergon.connector.healthy` of a worker's connectors, which must stay
/// until the registration is gone.
[[nodiscard]] CallbackRegistration observe_connectors(
    const std::vector<std::string>& names, const std::vector<std::unique_ptr<Connector>>& connectors);

}  // namespace ergon::inline v0::detail
