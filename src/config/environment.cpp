#include "config/environment.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/pair_list.hpp"
#include "config/propagator_list.hpp"

namespace ergon::inline v0::config {
namespace {

base::Diagnostic g_bad_environment{"OTEL_RESOURCE_ATTRIBUTES is ignored"};
base::Diagnostic g_unknown_propagator{"OTEL_PROPAGATORS: an unknown name is left out"};

bool add_pair(std::string_view pair, ResourceAttributes& attributes) {
  auto decoded = base::decoded_pair(pair);
  if (!decoded || std::ranges::count(pair, '=') > 1) return false;
  attributes.insert_or_assign(std::move(decoded->first), std::move(decoded->second));
  return true;
}

}  // namespace

Expected<ResourceAttributes> parse_resource_attributes_env(std::string_view text) {
  ResourceAttributes attributes;
  std::string_view rest = text;
  bool has_more = !text.empty();
  while (has_more) {
    const std::size_t comma = rest.find(',');
    const std::string_view pair = rest.substr(0, comma);
    if (!add_pair(pair, attributes)) {
      return ConfigError{
          .path = "OTEL_RESOURCE_ATTRIBUTES",
          .complaint = {quoted(pair), "key=value pairs separated by commas, with %XX for , = and %"}};
    }
    has_more = comma != std::string_view::npos;
    if (has_more) rest.remove_prefix(comma + 1);
  }
  return attributes;
}

ResourceAttributes take_attributes_list(ResourceConfig& resource) {
  auto parsed = parse_resource_attributes_env(std::exchange(resource.attributes_list, {}));
  auto* list = std::get_if<ResourceAttributes>(&parsed);
  return list != nullptr ? std::move(*list) : ResourceAttributes{};
}

ResourceAttributes environment_resource() {
  ResourceAttributes attributes;
  if (const auto text = environment_variable("OTEL_RESOURCE_ATTRIBUTES")) {
    auto parsed = parse_resource_attributes_env(*text);
    if (auto* good = std::get_if<ResourceAttributes>(&parsed)) {
      attributes = std::move(*good);
    } else {
      g_bad_environment.report(std::get<ConfigError>(parsed).message());
    }
  }
  if (const auto name = environment_variable("OTEL_SERVICE_NAME")) attributes["service.name"] = *name;
  return attributes;
}

std::optional<PropagatorConfig> environment_propagator() {
  const auto text = environment_variable("OTEL_PROPAGATORS");
  if (!text) return std::nullopt;
  PropagatorConfig config{.composite = {}};
  for (const std::string_view name : listed_once(*text)) {
    if (name == "none") return PropagatorConfig{.composite = {}};
    if (auto propagator = propagator_named(name)) config.composite.push_back(*std::move(propagator));
    else g_unknown_propagator.report(name);
  }
  if (config.composite.empty()) return std::nullopt;
  return config;
}

}  // namespace ergon::inline v0::config
