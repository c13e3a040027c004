#include "config/propagator_list.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include <ergon/config/extension.hpp>
#include <ergon/config/telemetry_description.hpp>

#include "base/pair_list.hpp"
#include "config/extension_registry.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr std::string_view kNone = "none";

std::span<const Alternative> known_propagators() {
  return std::get<VariantType>(type_of<Propagator>().kind).alternatives;
}

}  // namespace

std::vector<std::string_view> listed_once(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view name = base::without_spaces(list.substr(0, comma));
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

std::optional<Propagator> propagator_named(std::string_view name) {
  const auto known = known_propagators();
  const auto found = std::ranges::find(known, name, &Alternative::name);
  if (found != known.end() && !name.empty()) {
    Propagator propagator;
    found->ensure(&propagator);
    return propagator;
  }
  if (find_extension(ergon::detail::kPropagators, name)) return Custom(std::string(name));
  return std::nullopt;
}

std::string_view name_of(const Propagator& propagator) {
  if (const auto* custom = propagator.get_if<Custom>()) return custom->name();
  for (const Alternative& one : known_propagators()) {
    if (one.get(&propagator) != nullptr) return one.name;
  }
  return {};
}

bool is_composite_list(std::string_view list) {
  return std::ranges::all_of(listed_once(list),
                             [](std::string_view name) { return name == kNone || propagator_named(name); });
}

std::vector<Propagator> propagators_of(const PropagatorConfig& config) {
  std::vector<Propagator> propagators = config.composite;
  for (const std::string_view name : listed_once(config.composite_list)) {
    const bool is_known = std::ranges::any_of(
        config.composite, [&](const Propagator& propagator) { return name_of(propagator) == name; });
    if (is_known) continue;
    if (auto propagator = propagator_named(name)) propagators.push_back(*std::move(propagator));
  }
  return propagators;
}

}  // namespace ergon::inline v0::config
