#include "config/environment.hpp"

#include <algorithm>
#include <charconv>
#include <variant>
#include <vector>

#include <ergon/config/extension.hpp>
#include <ergon/config/telemetry_description.hpp>

#include "base/diagnostic.hpp"
#include "config/extension_registry.hpp"

namespace ergon::config {
namespace {

base::Diagnostic g_bad_environment{"OTEL_RESOURCE_ATTRIBUTES is ignored"};
base::Diagnostic g_unknown_propagator{"OTEL_PROPAGATORS: an unknown name is left out"};

// Null where a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned char byte = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || result.ptr != digits.data() + digits.size()) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

bool add_pair(std::string_view pair, ResourceAttributes& attributes) {
  auto decoded = decoded_pair(pair);
  if (!decoded || std::ranges::count(pair, '=') > 1) return false;
  attributes.insert_or_assign(std::move(decoded->first), std::move(decoded->second));
  return true;
}

std::optional<Propagator> propagator_named(std::string_view name) {
  const auto& known = std::get<VariantType>(type_of<Propagator>().kind).alternatives;
  const auto found = std::ranges::find(known, name, &Alternative::name);
  if (found != known.end()) {
    Propagator propagator;
    found->ensure(&propagator);
    return propagator;
  }
  if (find_extension(ergon::detail::kPropagators, name)) return Custom(std::string(name));
  g_unknown_propagator.report(name);
  return std::nullopt;
}

std::vector<std::string_view> listed_once(std::string_view text) {
  std::vector<std::string_view> names;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view name = without_spaces(text.substr(0, comma));
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return names;
}

}  // namespace

std::optional<std::pair<std::string, std::string>> decoded_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  auto key = percent_decoded(without_spaces(text.substr(0, equals)));
  auto value = percent_decoded(without_spaces(text.substr(equals + 1)));
  if (!key || key->empty() || !value) return std::nullopt;
  return std::pair(*std::move(key), *std::move(value));
}

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
  }
  if (config.composite.empty()) return std::nullopt;
  return config;
}

}  // namespace ergon::config
