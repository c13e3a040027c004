#pragma once

#include <string>

#include "config/origins.hpp"
#include "config/signals_environment.hpp"

namespace ergon::inline v0::config {

/// What OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER and OTEL_LOGS_EXPORTER say, and for exporters of OTLP
/// that no text chose, OTEL_EXPORTER_OTLP_PROTOCOL: a part of `apply_environment`.
void apply_exporter_environment(Signals signals, Origins& origins, const std::string& path);

}  // namespace ergon::inline v0::config
