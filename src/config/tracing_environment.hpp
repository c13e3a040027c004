#pragma once

#include <string>

#include <ergon/config/tracing_config.hpp>

#include "config/origins.hpp"

namespace ergon::inline v0::config {

/// Puts what OTEL_TRACES_SAMPLER (with OTEL_TRACES_SAMPLER_ARG) and the OTEL_… limits of spans say in place
/// of what the configuration has, but for keys that a text has; `path` is that of the tracing section. A
/// value that can't be read is reported on stderr and ignored, a limit beyond the largest is the largest
/// (specification: configuration/sdk-environment-variables.md). Like getenv.
void apply_tracing_environment(TracingConfig& config, Origins& origins, const std::string& path);

}  // namespace ergon::inline v0::config
