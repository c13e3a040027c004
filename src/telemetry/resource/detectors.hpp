#pragma once

#include <string>
#include <string_view>

#include <ergon/config/resource_config.hpp>

namespace ergon::inline v0::telemetry {

/// What the built-in detectors find, by the names of the semantic conventions (resource/host.md, os.md,
/// process.md, container.md, service.md). What can't be found out is left out.
[[nodiscard]] ResourceAttributes detect(const HostDetector&);
[[nodiscard]] ResourceAttributes detect(const OsDetector&);
[[nodiscard]] ResourceAttributes detect(const ProcessDetector&);
[[nodiscard]] ResourceAttributes detect(const ContainerDetector&);
[[nodiscard]] ResourceAttributes detect(const EnvDetector&);
[[nodiscard]] ResourceAttributes detect(const ServiceDetector&);

/// The architecture as the conventions call it, of the kernel's name for it.
[[nodiscard]] std::string host_arch(std::string_view machine);
/// The attributes that an os-release file has.
[[nodiscard]] ResourceAttributes os_release_attributes(std::string_view text);
/// The id of a container that /proc/self/cgroup (version 1) or /proc/self/mountinfo (version 2) names; empty:
/// none.
[[nodiscard]] std::string container_id(std::string_view cgroup, std::string_view mountinfo);

}  // namespace ergon::inline v0::telemetry
