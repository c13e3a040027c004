#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/extend/id_generator.hpp>
#include <ergon/extend/sampler.hpp>

#include "telemetry/metrics/metrics_plan.hpp"
#include "telemetry/record/recording_state.hpp"
#include "telemetry/sampling/make_sampler.hpp"
#include "telemetry/worker/tail_decision.hpp"

namespace ergon::inline v0::telemetry {

/// What the configuration asks for that is not the worker's: how recording threads behave.
struct RecordingPlan {
  bool records_spans{false};
  MetricsPlan metrics{};  // without readers: metrics are off
  bool replays_logs{false};
  std::array<bool, kSignals> waits_for_export{};  // by a `simple` processor
  std::chrono::milliseconds longest_wait{0};      // for that
  std::optional<PlainSampling> plain_sampling{};  // in place of the sampler, where it has such a form
  std::shared_ptr<const SpanSampler> sampler;
  std::shared_ptr<IdGenerator> id_generator{};  // null: our own
  std::optional<KeepOptions> keep{};
  SpanCapacity capacity{};
  AttributeLimits log_attributes{};
};

[[nodiscard]] RecordingPlan plan_recording(const TelemetryConfig& config);
/// The same; says in the errors what of the program's own can't be made.
[[nodiscard]] RecordingPlan plan_recording(const TelemetryConfig& config, std::vector<std::string>& errors);

}  // namespace ergon::inline v0::telemetry
