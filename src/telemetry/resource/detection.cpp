#include "telemetry/resource/detection.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <ergon/config/extension.hpp>
#include <ergon/extend/resource_detector.hpp>

#include "base/wildcard.hpp"
#include "config/config_error.hpp"
#include "config/environment.hpp"
#include "config/extension_registry.hpp"
#include "telemetry/resource/detectors.hpp"

namespace ergon::inline v0::telemetry {
namespace {

ResourceAttributes found_by(const ResourceDetectorConfig& detector, const std::string& path) {
  return detector.visit([&](const auto& one) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(one)>, Custom>) {
      const std::unique_ptr<ResourceDetector> own(
          static_cast<ResourceDetector*>(config::make_extension(detail::kResourceDetectors, one, path)));
      return own->detect();
    } else {
      return detect(one);
    }
  });
}

bool is_kept(const DetectedAttributes& rules, std::string_view key) {
  const auto is_like = [&](const std::string& pattern) { return base::matches_wildcard(pattern, key); };
  return (rules.included.empty() || std::ranges::any_of(rules.included, is_like)) &&
         std::ranges::none_of(rules.excluded, is_like);
}

void resolve(ResourceConfig& resource, const ResourceAttributes& environment, const std::string& path,
             std::vector<std::string>& errors) {
  ResourceAttributes attributes;
  const ResourceDetection detection = std::exchange(resource.detection, {});
  for (std::size_t index = 0; index < detection.detectors.size(); ++index) {
    const std::string place = config::item_path(
        config::member_path(config::member_path(path, "detection/development"), "detectors"), index);
    try {
      for (auto& [key, value] : found_by(detection.detectors[index], place)) {
        if (is_kept(detection.attributes, key) && !environment.contains(key))
          attributes.insert_or_assign(key, std::move(value));
      }
    } catch (const std::exception& error) {
      errors.push_back(place + ": " + error.what());
    } catch (...) {
      errors.push_back(place + ": it threw what is no std::exception");
    }
  }
  resource.attributes.merge(config::take_attributes_list(resource));
  resource.attributes.merge(attributes);
}

}  // namespace

void resolve_resources(TelemetryConfig& config, const ResourceAttributes& environment,
                       std::vector<std::string>& errors) {
  resolve(config.resource, environment, "resource", errors);
  if (config.logging) resolve(config.logging->resource, environment, "logging.resource", errors);
  if (config.metrics) resolve(config.metrics->resource, environment, "metrics.resource", errors);
  if (config.tracing) resolve(config.tracing->resource, environment, "tracing.resource", errors);
}

}  // namespace ergon::inline v0::telemetry
