#pragma once

#include <string_view>

#include <ergon/telemetry/attributes.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0 {

/// What may be said about an instrumentation scope beyond its name (specification:
/// common/instrumentation-scope.md).
struct ScopeOptions {
  std::string_view version{};
  std::string_view schema_url{};
  Attributes attributes{};
};

namespace detail {

struct Scope;

// The one Scope of these values, made at first use and never destroyed. Any thread; takes a lock.
ERGON_API const Scope& intern_scope(std::string_view name, const ScopeOptions& options);

}  // namespace detail
}  // namespace ergon::inline v0
