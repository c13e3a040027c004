#pragma once

#include <string_view>
#include <variant>

#include <ergon/config/description.hpp>
#include <ergon/config/extension.hpp>
#include <ergon/config/resource_config.hpp>

#include "config/environment.hpp"

// Of what describes the process: tables as those of config_description.cpp, a part of which they are.
namespace ergon::inline v0 {

inline constexpr config::StringForm kAttributesList{
    [](std::string_view list) {
      return std::holds_alternative<ResourceAttributes>(config::parse_resource_attributes_env(list));
    },
    "key=value pairs separated by commas, with %XX for , = and %"};

constexpr auto ergon_describe(config::Tag<HostDetector>) { return config::object("Of the machine."); }
constexpr auto ergon_describe(config::Tag<OsDetector>) { return config::object("Of the operating system."); }
constexpr auto ergon_describe(config::Tag<ProcessDetector>) {
  return config::object("Of the process: its program, arguments and owner.");
}
constexpr auto ergon_describe(config::Tag<ContainerDetector>) {
  return config::object("The id of the container that it runs in.");
}
constexpr auto ergon_describe(config::Tag<EnvDetector>) {
  return config::object("What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say.");
}
constexpr auto ergon_describe(config::Tag<ServiceDetector>) {
  return config::object("What OTEL_SERVICE_NAME says.");
}

constexpr auto ergon_describe(config::Tag<ResourceDetectorConfig>) {
  using Detector = ResourceDetectorConfig;
  return config::one_of("Finds attributes out for itself.",
                        config::alternative<Detector, HostDetector>("host"),
                        config::alternative<Detector, OsDetector>("os"),
                        config::alternative<Detector, ProcessDetector>("process"),
                        config::alternative<Detector, ContainerDetector>("container"),
                        config::alternative<Detector, EnvDetector>("env"),
                        config::alternative<Detector, ServiceDetector>("service"),
                        config::registered<Detector, Custom>(detail::kResourceDetectors));
}

constexpr auto ergon_describe(config::Tag<DetectedAttributes>) {
  return config::object("Which attributes are kept of those found; * and ? are wildcards.",
                        config::field<&DetectedAttributes::included>("included", "Without: all."),
                        config::field<&DetectedAttributes::excluded>("excluded", "Of those."));
}

constexpr auto ergon_describe(config::Tag<ResourceDetection>) {
  return config::object(
      "What is found out about the process.",
      config::field<&ResourceDetection::attributes>("attributes", "Which of what is found."),
      config::field<&ResourceDetection::detectors>("detectors", "What a later one finds counts."));
}

constexpr auto ergon_describe(config::Tag<ResourceConfig>) {
  return config::object(
      "What describes the process as a whole. Any other key is an attribute.",
      config::field<&ResourceConfig::attributes>(
          "attributes", "The attributes as a list of names and values.", {.inlined = true}),
      config::field<&ResourceConfig::attributes_list>(
          "attributes_list", "More attributes as text, key=value and commas.", {.form = &kAttributesList}),
      config::field<&ResourceConfig::detection>("detection/development",
                                                "What is found out about the process."),
      config::field<&ResourceConfig::schema_url>("schema_url",
                                                 "Of the conventions that the attributes keep to."));
}

}  // namespace ergon::inline v0
