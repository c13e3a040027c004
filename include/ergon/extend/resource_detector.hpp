#pragma once

#include <ergon/config/resource_attributes.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// Finds attributes of the resource out (specification: resource/sdk.md#detecting-resource-information-from-
/// the-environment): where a program runs, say. Made, asked once and destroyed when a session starts, on the
/// thread that starts it, which waits for it; in the child of a fork what the parent found counts. One that
/// throws keeps the session from starting: answer nothing where there is nothing to find.
///
/// To have one used: `telemetry::register_extension<T>("name")`, then `resource: {detection/development:
/// {detectors: [{name: {options}}]}}`.
class ERGON_API ResourceDetector {
 public:
  ResourceDetector() = default;
  ResourceDetector(const ResourceDetector&) = delete;
  ResourceDetector& operator=(const ResourceDetector&) = delete;
  virtual ~ResourceDetector() = default;

  [[nodiscard]] virtual ResourceAttributes detect() = 0;
};

}  // namespace ergon::inline v0
