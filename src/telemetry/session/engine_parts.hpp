#pragma once

#include <string>
#include <vector>

#include "telemetry/session/engine.hpp"
#include "telemetry/session/own_code.hpp"
#include "telemetry/session/propagator_plan.hpp"

namespace ergon::inline v0::telemetry {

struct Engine::Parts {
  Parts(const TelemetryConfig& config, std::vector<std::string>& errors)
      : propagators(*config.propagator, errors),
        recording(plan_recording(config, errors)),
        own(config, errors) {
    if (errors.empty()) own.enter_preferences(recording.metrics);
  }

  PropagatorPlan propagators;
  RecordingPlan recording;
  OwnCode own;
};

}  // namespace ergon::inline v0::telemetry
