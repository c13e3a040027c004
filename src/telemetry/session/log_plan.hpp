#pragma once

#include <string_view>

#include <ergon/config/logging_config.hpp>

#include "telemetry/session/pipeline_planner.hpp"

namespace ergon::inline v0::telemetry {

/// Adds the pipelines of the handlers.
void plan_log_handlers(PipelinePlanner& planner, const Feed& feed, const LoggingConfig& logging);

}  // namespace ergon::inline v0::telemetry
