#include "telemetry/session/resource.hpp"

#include <errno.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>
#include <variant>

#include "base/host.hpp"
#include "base/random.hpp"
#include "base/version.hpp"
#include "config/environment.hpp"
#include "telemetry/record/append_attribute.hpp"

namespace ergon::inline v0::telemetry {

namespace {

void merge(ResourceAttributes& into, const ResourceAttributes& from) {
  for (const auto& [key, value] : from) into.insert_or_assign(key, value);
}

ResourceAttributes configured_attributes(const TelemetryConfig& config) {
  ResourceAttributes attributes = config.resource.attributes;
  if (!config.service_name.empty()) attributes["service.name"] = config.service_name;
  return attributes;
}

std::string default_service_name(const RuntimeOptions& options) {
  if (!options.default_service_name.empty()) return options.default_service_name;
  return std::string("unknown_service:") + program_invocation_short_name;
}

// What names this process; the specification's keys and the framework's carry the same values.
ResourceAttributes process_identity(const RuntimeOptions& options, bool is_forked_child) {
  ResourceAttributes identity = options.injected_resource;
  const auto pid = static_cast<std::int64_t>(getpid());
  if (is_forked_child || !identity.contains("service.instance.id")) {
    identity["service.instance.id"] = base::make_uuid_v4();
  }
  if (is_forked_child && identity.contains("ergon.task.execution.id")) {
    identity["ergon.task.execution.id"] = identity["service.instance.id"];
    identity["ergon.task.execution.pid"] = pid;
  }
  identity["process.pid"] = pid;
  identity["host.name"] = base::host_name();
  identity["host.ip"] = base::host_ips();
  identity["telemetry.sdk.name"] = std::string("ergon");
  identity["telemetry.sdk.language"] = std::string("cpp");
  identity["telemetry.sdk.version"] = std::string(base::kVersion);
  return identity;
}

bool is_fixed(const std::string& key, const RuntimeOptions& options) {
  constexpr std::string_view kAlways[] = {
      "service.instance.id",    "process.pid",          "host.name", "host.ip", "telemetry.sdk.name",
      "telemetry.sdk.language", "telemetry.sdk.version"};
  for (const std::string_view name : kAlways) {
    if (key == name) return true;
  }
  if (options.injected_resource.contains(key)) return true;
  return !options.config_is_from_file && environment_of(options).contains(key);
}

}  // namespace

ResourceAttributes environment_of(const RuntimeOptions& options) {
  return options.environment_is_ignored ? ResourceAttributes{} : config::environment_resource();
}

ResourceAttributes make_resource(const TelemetryConfig& config, const RuntimeOptions& options,
                                 bool is_forked_child) {
  ResourceAttributes resource{{"service.name", default_service_name(options)}};
  const ResourceAttributes configured = configured_attributes(config);
  const ResourceAttributes environment = environment_of(options);
  merge(resource, options.config_is_from_file ? environment : configured);
  merge(resource, options.config_is_from_file ? configured : environment);
  merge(resource, process_identity(options, is_forked_child));
  if (is_forked_child && resource.contains("process.parent_pid"))
    resource["process.parent_pid"] = static_cast<std::int64_t>(getppid());
  return resource;
}

std::string encode_resource(const ResourceAttributes& shared, const ResourceAttributes& own,
                            const RuntimeOptions& options) {
  ResourceAttributes resource = shared;
  for (const auto& [key, value] : own) {
    if (!is_fixed(key, options)) resource.insert_or_assign(key, value);
  }
  SpanBody body;
  reset_body(body);
  for (const auto& [key, value] : resource) {
    // The analyzer takes a union's member for the other. NOLINTNEXTLINE(*.CallAndMessage)
    std::visit([&](const auto& one) { append_attribute(body, AttributeTag::resource, key, one); }, value);
  }
  std::string encoded(reinterpret_cast<const char*>(body.data), body.size);
  release_body(body);
  return encoded;
}

}  // namespace ergon::inline v0::telemetry
