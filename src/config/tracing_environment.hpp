#pragma once

#include <string>

#include <ergon/config/tracing_config.hpp>

#include "config/node.hpp"

namespace ergon::config {

/// Puts what OTEL_TRACES_SAMPLER (with OTEL_TRACES_SAMPLER_ARG) and the OTEL_… limits of spans say in place
/// of what the configuration has, but for keys that a file has: `file` is its root, null where there is none,
/// and `path` that of the tracing section in it. A value that can't be read is reported on stderr and
/// ignored, a limit beyond the largest is the largest (specification:
/// configuration/sdk-environment-variables.md). Like getenv.
void apply_tracing_environment(TracingConfig& config, const Node* file = nullptr,
                               const std::string& path = "tracing");

}  // namespace ergon::config
