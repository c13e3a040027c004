#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <string_view>

#include <ergon/telemetry/counter.hpp>
#include <ergon/telemetry/histogram.hpp>
#include <ergon/telemetry/scope.hpp>

namespace ergon {

/// Makes instruments for one instrumentation scope. A handle of pointer size with the same freedom as Tracer.
class Meter {
 public:
  explicit Meter(const detail::Scope& scope) noexcept : scope_(&scope) {}

  /// A counter of int64 (default) or double. The same name, unit and description give the same one.
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] Counter<T> counter(std::string_view name, const InstrumentOptions& options = {}) const {
    return Counter<T>(detail::intern_instrument(
        *scope_, {name, detail::InstrumentKind::counter, std::is_floating_point_v<T>}, options));
  }

  /// A histogram of double (default) or int64.
  template <detail::MetricNumber T = double>
  [[nodiscard]] Histogram<T> histogram(std::string_view name, const InstrumentOptions& options = {}) const {
    return Histogram<T>(detail::intern_instrument(
        *scope_, {name, detail::InstrumentKind::histogram, std::is_floating_point_v<T>}, options));
  }

 private:
  const detail::Scope* scope_;
};

/// The meter of a named instrumentation scope, at any time, from any thread.
[[nodiscard]] inline Meter get_meter(std::string_view name, const ScopeOptions& options = {}) {
  return Meter(detail::intern_scope(name, options));
}

}  // namespace ergon
#endif
