#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <ergon/telemetry/instrument.hpp>

namespace ergon::inline v0 {

/// An up-down counter with its attributes chosen once; as BoundCounter.
template <detail::MetricNumber T>
class BoundUpDownCounter {
 public:
  explicit BoundUpDownCounter(detail::Binding binding) noexcept : binding_(binding) {}

  void add(T value) const noexcept { detail::measure(binding_, value); }

 private:
  detail::Binding binding_;
};

/// A sum that grows and falls: requests in flight, bytes held (specification: metrics/api.md#updowncounter).
/// As Counter in all else. Readers with a preference for deltas get it cumulative, as the specification asks.
template <detail::MetricNumber T>
class UpDownCounter {
 public:
  explicit UpDownCounter(const detail::Instrument& instrument) noexcept : instrument_(&instrument) {}

  void add(T value, Attributes attributes = {}) const noexcept {
    detail::measure(*instrument_, value, attributes);
  }
  [[nodiscard]] BoundUpDownCounter<T> bind(Attributes attributes = {}) const noexcept {
    return BoundUpDownCounter<T>(detail::bind(*instrument_, attributes));
  }
  [[nodiscard]] bool enabled() const noexcept { return detail::is_enabled(*instrument_); }

 private:
  const detail::Instrument* instrument_;
};

}  // namespace ergon::inline v0
#endif
