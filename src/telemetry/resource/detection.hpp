#pragma once

#include <string>
#include <vector>

#include <ergon/config/telemetry_config.hpp>

namespace ergon::inline v0::telemetry {

/// Puts all that is known of each resource, the process's and those of the sections, into its `attributes`:
/// what its detectors find but for what is in `environment`, which counts over that, its list and its own;
/// lists and detectors are empty then. Code of the program's
/// own runs here, so no lock may be held; what it throws is added to `errors`.
void resolve_resources(TelemetryConfig& config, const ResourceAttributes& environment,
                       std::vector<std::string>& errors);

}  // namespace ergon::inline v0::telemetry
