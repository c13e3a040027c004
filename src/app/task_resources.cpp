#include "app/task_resources.hpp"

#include <string_view>
#include <utility>

#include "config/config_error.hpp"
#include "config/environment.hpp"

namespace ergon::inline v0::detail {
namespace {

using config::member_path;

// Calls with each resource of a task, and its path.
template <class Use>
void for_each_resource(TaskConfig& config, const std::string& path, Use use) {
  use(config.resource, member_path(path, "resource"));
  const auto of = [&](auto& section, std::string_view name) {
    if (section) use(section->resource, member_path(member_path(path, name), "resource"));
  };
  of(config.logging, "logging");
  of(config.metrics, "metrics");
  of(config.tracing, "tracing");
}

}  // namespace

void settle_code_lists(TaskConfig& config) {
  for_each_resource(config, {}, [](ResourceConfig& resource, const std::string& /*path*/) {
    resource.attributes.merge(config::take_attributes_list(resource));
  });
}

void apply_shared_environment(TaskConfig& config, const std::string& path, config::Origins& origins) {
  const ResourceAttributes environment = config::environment_resource();
  if (auto propagator = config::environment_propagator()) {
    config.propagator = std::move(propagator);
    origins.note_variable(member_path(path, "propagator"), "OTEL_PROPAGATORS");
  }
  const bool has_name = config::environment_variable("OTEL_SERVICE_NAME").has_value();
  for_each_resource(config, path, [&](ResourceConfig& resource, const std::string& /*path*/) {
    std::erase_if(resource.attributes, [&](const auto& one) { return environment.contains(one.first); });
  });
  for (const auto& [key, value] : environment) {
    config.resource.attributes.insert_or_assign(key, value);
    origins.note_variable(member_path(member_path(path, "resource"), key), key == "service.name" && has_name
                                                                               ? "OTEL_SERVICE_NAME"
                                                                               : "OTEL_RESOURCE_ATTRIBUTES");
  }
}

void settle_text_lists(TaskConfig& config, const std::string& path, const config::Origins& origins) {
  for_each_resource(config, path, [&](ResourceConfig& resource, const std::string& place) {
    if (!origins.is_in_text(member_path(place, "attributes_list"))) return;
    ResourceConfig list{.attributes_list = resource.attributes_list};
    for (const auto& [key, value] : config::take_attributes_list(list)) {
      if (!origins.is_in_text(member_path(place, key))) resource.attributes.insert_or_assign(key, value);
    }
  });
}

}  // namespace ergon::inline v0::detail
