#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <ergon/config/propagator_config.hpp>
#include <ergon/config/resource_config.hpp>

#include "config/config_error.hpp"
#include "config/environment_variable.hpp"

namespace ergon::inline v0::config {

/// A T, or why there is none.
template <class T>
using Expected = std::variant<T, ConfigError>;

/// The value of OTEL_RESOURCE_ATTRIBUTES: `key=value` pairs separated by commas, each percent-decoded. Spaces
/// around keys and values do not count; of a repeated key the last counts. Any error discards the whole
/// (OpenTelemetry specification, resource SDK). An empty text is no attributes.
[[nodiscard]] Expected<ResourceAttributes> parse_resource_attributes_env(std::string_view text);

/// The attributes that a resource has as text, which it has no longer then.
[[nodiscard]] ResourceAttributes take_attributes_list(ResourceConfig& resource);

/// What the environment says of the resource: OTEL_RESOURCE_ATTRIBUTES, of which a malformed value is
/// reported on stderr and ignored, and OTEL_SERVICE_NAME, which wins. Like getenv.
[[nodiscard]] ResourceAttributes environment_resource();

/// What OTEL_PROPAGATORS says: names separated by commas, repeated ones counted once, `none` for no
/// propagation. An unknown name is reported on stderr and left out; if nothing else is named, the variable
/// counts as unset. Like getenv.
[[nodiscard]] std::optional<PropagatorConfig> environment_propagator();

}  // namespace ergon::inline v0::config
