#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <ergon/telemetry/instrument.hpp>

namespace ergon::inline v0 {

/// A counter with its attributes chosen once (specification: metrics/api.md#bind): the cheapest way to count,
/// about 2 ns. Any thread; may be copied, and outlives its counter, sessions and forks.
template <detail::MetricNumber T>
class BoundCounter {
 public:
  explicit BoundCounter(detail::Binding binding) noexcept : binding_(binding) {}

  /// As Counter's.
  void add(T value) const noexcept {
    if (value >= 0) detail::measure(binding_, value);
  }

 private:
  detail::Binding binding_;
};

/// A sum that only grows (specification: metrics/api.md#counter). Any thread, no lock: each thread has its
/// own cells, which the reader adds up. A negative or NaN value is ignored; a sum that has reached the end of
/// its range stays there. Beyond 2,000 attribute sets (or as many as a view or reader says) the rest is
/// counted under `otel.metric.overflow=true`. What is counted before a session starts belongs to it.
template <detail::MetricNumber T>
class Counter {
 public:
  explicit Counter(const detail::Instrument& instrument) noexcept : instrument_(&instrument) {}

  void add(T value, Attributes attributes = {}) const noexcept {
    if (value >= 0) detail::measure(*instrument_, value, attributes);
  }
  /// For attributes that are always the same.
  [[nodiscard]] BoundCounter<T> bind(Attributes attributes = {}) const noexcept {
    return BoundCounter<T>(detail::bind(*instrument_, attributes));
  }
  /// Whether what is added goes anywhere: false with metrics off, or where views drop the instrument
  /// everywhere.
  [[nodiscard]] bool enabled() const noexcept { return detail::is_enabled(*instrument_); }

 private:
  const detail::Instrument* instrument_;
};

}  // namespace ergon::inline v0
#endif
