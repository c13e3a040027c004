#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <ergon/config/propagator_config.hpp>

namespace ergon::inline v0::config {

/// The names in a list that commas separate, each once.
[[nodiscard]] std::vector<std::string_view> listed_once(std::string_view list);

/// What a name stands for: a propagator that is built in, or one that the program registered.
[[nodiscard]] std::optional<Propagator> propagator_named(std::string_view name);
/// The name that stands for it.
[[nodiscard]] std::string_view name_of(const Propagator& propagator);

/// Whether it may be a `composite_list`: names of propagators, or `none`.
[[nodiscard]] bool is_composite_list(std::string_view list);
/// All propagators, in their order: those of `composite`, then of `composite_list` those that it lacks.
[[nodiscard]] std::vector<Propagator> propagators_of(const PropagatorConfig& config);

}  // namespace ergon::inline v0::config
