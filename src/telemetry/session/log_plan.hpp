#pragma once

#include <string_view>

#include <ergon/config/logging_config.hpp>

#include "telemetry/session/pipeline_planner.hpp"

namespace ergon::telemetry {

/// Adds the pipelines of the handlers; `task` is what their files may be named for.
void plan_log_handlers(PipelinePlanner& planner, const Feed& feed, const LoggingConfig& logging,
                       std::string_view task);

}  // namespace ergon::telemetry
