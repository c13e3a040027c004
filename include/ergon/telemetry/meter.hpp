#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

#include <ergon/telemetry/counter.hpp>
#include <ergon/telemetry/gauge.hpp>
#include <ergon/telemetry/histogram.hpp>
#include <ergon/telemetry/observable.hpp>
#include <ergon/telemetry/scope.hpp>
#include <ergon/telemetry/up_down_counter.hpp>

namespace ergon::inline v0 {

/// Makes instruments for one instrumentation scope. A handle of pointer size with the same freedom as Tracer.
/// The same name, unit and description give the same instrument.
class Meter {
 public:
  explicit Meter(const detail::Scope& scope) noexcept : scope_(&scope) {}

  /// A counter of int64 (default) or double.
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] Counter<T> counter(std::string_view name, const InstrumentOptions& options = {}) const {
    return Counter<T>(intern<T>(name, detail::InstrumentKind::counter, options));
  }

  /// A counter that may fall, of int64 (default) or double.
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] UpDownCounter<T> up_down_counter(std::string_view name,
                                                 const InstrumentOptions& options = {}) const {
    return UpDownCounter<T>(intern<T>(name, detail::InstrumentKind::up_down_counter, options));
  }

  /// A histogram of double (default) or int64.
  template <detail::MetricNumber T = double>
  [[nodiscard]] Histogram<T> histogram(std::string_view name, const InstrumentOptions& options = {}) const {
    return Histogram<T>(intern<T>(name, detail::InstrumentKind::histogram, options));
  }

  /// A gauge of double (default) or int64.
  template <detail::MetricNumber T = double>
  [[nodiscard]] Gauge<T> gauge(std::string_view name, const InstrumentOptions& options = {}) const {
    return Gauge<T>(intern<T>(name, detail::InstrumentKind::gauge, options));
  }

  /// A counter whose sum is asked for at each collection, of int64 (default) or double.
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] ObservableCounter<T> observable_counter(std::string_view name,
                                                        const InstrumentOptions& options = {}) const {
    return ObservableCounter<T>(intern<T>(name, detail::InstrumentKind::observable_counter, options));
  }

  /// The same of one that may fall.
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] ObservableUpDownCounter<T> observable_up_down_counter(
      std::string_view name, const InstrumentOptions& options = {}) const {
    return ObservableUpDownCounter<T>(
        intern<T>(name, detail::InstrumentKind::observable_up_down_counter, options));
  }

  /// A gauge whose value is asked for at each collection, of double (default) or int64.
  template <detail::MetricNumber T = double>
  [[nodiscard]] ObservableGauge<T> observable_gauge(std::string_view name,
                                                    const InstrumentOptions& options = {}) const {
    return ObservableGauge<T>(intern<T>(name, detail::InstrumentKind::observable_gauge, options));
  }

  /// Calls `callback(const BatchObserver&)` once at each collection for several observable instruments
  /// together, for as long as the registration lives.
  template <std::invocable<const BatchObserver&> Callback, class... Observables>
    requires(std::derived_from<Observables, ObservableInstrument> && ...)
  static CallbackRegistration observe(Callback callback, const Observables&... instruments) {
    return CallbackRegistration(detail::register_callback(
        {instrument_of(instruments)...}, new detail::BatchCallback<Callback>(std::move(callback))));
  }

 private:
  template <class T>
  [[nodiscard]] const detail::Instrument& intern(std::string_view name, detail::InstrumentKind kind,
                                                 const InstrumentOptions& options) const {
    return detail::intern_instrument(*scope_, {name, kind, std::is_floating_point_v<T>}, options);
  }
  static const detail::Instrument* instrument_of(const ObservableInstrument& one) { return one.instrument_; }

  const detail::Scope* scope_;
};

/// The meter of a named instrumentation scope, at any time, from any thread.
[[nodiscard]] inline Meter get_meter(std::string_view name, const ScopeOptions& options = {}) {
  return Meter(detail::intern_scope(name, options));
}

}  // namespace ergon::inline v0
#endif
