#pragma once

#include <string>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>

namespace ergon::inline v0::telemetry {

/// What the environment says, where it counts.
[[nodiscard]] ResourceAttributes environment_of(const RuntimeOptions& options);

/// The resource attributes that all signals share, merged by precedence: the defaults, then code <
/// environment < file (of resources that have been resolved), then what is injected and nothing replaces. A
/// forked child gets an instance id of its own.
[[nodiscard]] ResourceAttributes make_resource(const TelemetryConfig& config, const RuntimeOptions& options,
                                               bool is_forked_child);

/// OTLP's Resource message of one signal: `own` are that section's attributes, which never replace what is
/// injected.
[[nodiscard]] std::string encode_resource(const ResourceAttributes& shared, const ResourceAttributes& own,
                                          const RuntimeOptions& options);

}  // namespace ergon::inline v0::telemetry
