#pragma once

#include <string>
#include <vector>

#include <ergon/config/custom.hpp>
#include <ergon/config/one_of.hpp>
#include <ergon/config/resource_attributes.hpp>

namespace ergon::inline v0 {

/// `host.id` and `host.arch`; name and addresses are there without it. In YAML: `host`.
struct HostDetector {};

/// `os.type`, `os.name`, `os.version`, `os.description`, `os.build_id`. In YAML: `os`.
struct OsDetector {};

/// `process.parent_pid`, `process.executable.name` and `.path`, `process.command`, `process.command_args`,
/// `process.owner`, `process.creation.time`, `process.working_directory`. Arguments are as they were given: a
/// password among them is in the resource. In YAML: `process`.
struct ProcessDetector {};

/// `container.id`, where the process runs in a container that the kernel's files name. In YAML: `container`.
struct ContainerDetector {};

/// What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say. They count without it (docs/guide); a declarative
/// file of OpenTelemetry's names it where they are to. In YAML: `env`.
struct EnvDetector {};

/// `service.name` of OTEL_SERVICE_NAME; `service.instance.id` is there without it. In YAML: `service`.
struct ServiceDetector {};

/// What finds attributes of the resource out for itself, when a session starts. In YAML a map with one key:
/// `{host: }`; one of the program's own (`ResourceDetector`) by the name that it is registered under.
using ResourceDetectorConfig =
    OneOf<HostDetector, OsDetector, ProcessDetector, ContainerDetector, EnvDetector, ServiceDetector, Custom>;
extern template class OneOf<HostDetector, OsDetector, ProcessDetector, ContainerDetector, EnvDetector,
                            ServiceDetector, Custom>;

/// Which attributes are kept of those found, by their keys; `*` and `?` stand for characters.
struct DetectedAttributes {
  /// Without any: all.
  std::vector<std::string> included{};
  /// Of those.
  std::vector<std::string> excluded{};
};

/// What is found out about the process. In YAML: `detection/development`.
struct ResourceDetection {
  DetectedAttributes attributes{};
  /// In this order; what a later one finds counts.
  std::vector<ResourceDetectorConfig> detectors{};
};

/// What describes the process as a whole, on everything that it sends (specification: resource/sdk.md). What
/// detectors find gives way to `attributes_list`, that to `attributes`, and all to what Ergon injects
/// (instance id, pid, host).
struct ResourceConfig {
  /// In YAML any key of its own, `resource: {deployment.environment.name: staging}`, or a list as
  /// OpenTelemetry has it, `attributes: [{name: deployment.environment.name, value: staging}]`.
  ResourceAttributes attributes{};
  /// The same as text: `key1=value1,key2=value2`, percent-encoded as OTEL_RESOURCE_ATTRIBUTES is.
  std::string attributes_list{};
  /// In YAML: `detection/development`.
  ResourceDetection detection{};
  /// Of the semantic conventions that the attributes keep to.
  std::string schema_url{};
};

}  // namespace ergon::inline v0
