#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/extend/propagator.hpp>
#include <ergon/telemetry/runtime_options.hpp>

namespace ergon::inline v0::telemetry {

/// What names the propagators: the environment wins over code and loses to a file.
[[nodiscard]] PropagatorConfig effective_propagator(const TelemetryConfig& config,
                                                    const RuntimeOptions& options);

/// The propagators that a configuration names, those of the program's own already made; `adopt` makes them
/// the global one.
class PropagatorPlan {
 public:
  /// What is named and can't be made is added to `errors`. Code of the program's own runs here, so no lock
  /// may be held.
  PropagatorPlan(const PropagatorConfig& config, std::vector<std::string>& errors);

  /// From now on they live for ever, as another thread may be using them: so one more set of objects for each
  /// session's start, in the child of a fork too, but none where only built-in ones are named, as they were
  /// before. Under the engine's lock.
  void adopt() &&;

 private:
  void add(const Propagator& propagator, const std::string& path, std::vector<std::string>& errors);
  void add_custom(const Custom& custom, const std::string& path, std::vector<std::string>& errors);

  std::vector<const TextMapPropagator*> parts_;
  std::vector<std::unique_ptr<const TextMapPropagator>> own_;
};

}  // namespace ergon::inline v0::telemetry
