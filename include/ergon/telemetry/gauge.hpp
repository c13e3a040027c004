#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <ergon/telemetry/instrument.hpp>

namespace ergon::inline v0 {

/// A gauge with its attributes chosen once; as BoundCounter.
template <detail::MetricNumber T>
class BoundGauge {
 public:
  explicit BoundGauge(detail::Binding binding) noexcept : binding_(binding) {}

  void record(T value) const noexcept { detail::measure(binding_, value); }

 private:
  detail::Binding binding_;
};

/// A value of now that is not to be added up: a temperature, a state (specification: metrics/api.md#gauge).
/// The last value recorded by any thread is exported. Any thread, no lock. NaN and infinities are ignored.
template <detail::MetricNumber T>
class Gauge {
 public:
  explicit Gauge(const detail::Instrument& instrument) noexcept : instrument_(&instrument) {}

  void record(T value, Attributes attributes = {}) const noexcept {
    detail::measure(*instrument_, value, attributes);
  }
  [[nodiscard]] BoundGauge<T> bind(Attributes attributes = {}) const noexcept {
    return BoundGauge<T>(detail::bind(*instrument_, attributes));
  }
  [[nodiscard]] bool enabled() const noexcept { return detail::is_enabled(*instrument_); }

 private:
  const detail::Instrument* instrument_;
};

}  // namespace ergon::inline v0
#endif
