#pragma once

#include <string>
#include <string_view>

#include <ergon/config/logging_config.hpp>
#include <ergon/config/metrics_config.hpp>
#include <ergon/config/telemetry_description.hpp>
#include <ergon/config/tracing_config.hpp>

#include "config/origins.hpp"

namespace ergon::inline v0::config {

/// Puts what OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, _INSECURE, _CERTIFICATE, _CLIENT_CERTIFICATE, _CLIENT_KEY,
/// _HEADERS, _COMPRESSION and _TIMEOUT, or those of all signals, without _TRACES, say in place of what the
/// OTLP exporters in a section have, but for keys that a text has; `path` is that of the section. An endpoint
/// of all signals has the signal's path added for OTLP/HTTP. What can't be used is reported on stderr and
/// ignored (specification: protocol/exporter.md). Like getenv. `signal` is TRACES, LOGS or METRICS; `section`
/// is of this type.
void apply_otlp_environment(std::string_view signal, const TypeDescription& type, void* section,
                            Origins& origins, const std::string& path);

inline void apply_otlp_environment(TracingConfig& config, Origins& origins, const std::string& path) {
  apply_otlp_environment("TRACES", type_of<TracingConfig>(), &config, origins, path);
}
inline void apply_otlp_environment(LoggingConfig& config, Origins& origins, const std::string& path) {
  apply_otlp_environment("LOGS", type_of<LoggingConfig>(), &config, origins, path);
}
inline void apply_otlp_environment(MetricsConfig& config, Origins& origins, const std::string& path) {
  apply_otlp_environment("METRICS", type_of<MetricsConfig>(), &config, origins, path);
}

}  // namespace ergon::inline v0::config
