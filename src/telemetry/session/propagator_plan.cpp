#include "telemetry/session/propagator_plan.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

#include <ergon/config/extension.hpp>
#include <ergon/telemetry/propagation.hpp>

#include "config/config_error.hpp"
#include "config/environment.hpp"
#include "config/extension_registry.hpp"
#include "config/propagator_list.hpp"
#include "telemetry/propagation/composite.hpp"

namespace ergon::inline v0::telemetry {

namespace {

struct Adopted {
  std::vector<const TextMapPropagator*> parts;
  std::vector<std::unique_ptr<const TextMapPropagator>> own;
  CompositePropagator composite;
};

}  // namespace

PropagatorConfig effective_propagator(const TelemetryConfig& config, const RuntimeOptions& options) {
  auto first = config.propagator;
  auto second = options.environment_is_ignored ? std::nullopt : config::environment_propagator();
  if (!options.config_is_from_file) first.swap(second);
  return first ? *std::move(first) : second.value_or(PropagatorConfig{});
}

PropagatorPlan::PropagatorPlan(const PropagatorConfig& config, std::vector<std::string>& errors) {
  const std::vector<Propagator> propagators = config::propagators_of(config);
  for (std::size_t index = 0; index < propagators.size(); ++index) {
    const bool is_listed = index >= config.composite.size();
    add(propagators[index],
        is_listed ? "propagator.composite_list" : config::item_path("propagator.composite", index), errors);
  }
}

void PropagatorPlan::add(const Propagator& propagator, const std::string& path,
                         std::vector<std::string>& errors) {
  if (const auto* custom = propagator.get_if<Custom>()) return add_custom(*custom, path, errors);
  parts_.push_back(built_in_propagator(config::name_of(propagator)));
}

void PropagatorPlan::add_custom(const Custom& custom, const std::string& path,
                                std::vector<std::string>& errors) {
  try {
    own_.emplace_back(
        static_cast<const TextMapPropagator*>(config::make_extension(detail::kPropagators, custom, path)));
    parts_.push_back(own_.back().get());
  } catch (const std::exception& error) {
    errors.emplace_back(error.what());
  }
}

void PropagatorPlan::adopt() && {
  static auto* const kAdopted = new std::vector<std::unique_ptr<const Adopted>>;  // never destroyed
  auto same = own_.empty() ? std::ranges::find(*kAdopted, parts_, [](const auto& one) { return one->parts; })
                           : kAdopted->end();
  if (same == kAdopted->end()) {
    CompositePropagator composite(parts_);
    kAdopted->push_back(
        std::make_unique<const Adopted>(std::move(parts_), std::move(own_), std::move(composite)));
    same = kAdopted->end() - 1;
  }
  set_global_propagator((*same)->composite);
}

}  // namespace ergon::inline v0::telemetry
