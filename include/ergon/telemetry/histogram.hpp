#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <ergon/telemetry/instrument.hpp>

namespace ergon::inline v0 {

/// A histogram with its attributes chosen once; as BoundCounter.
template <detail::MetricNumber T>
class BoundHistogram {
 public:
  explicit BoundHistogram(detail::Binding binding) noexcept : binding_(binding) {}

  void record(T value) const noexcept { detail::measure(binding_, value); }

 private:
  detail::Binding binding_;
};

/// The distribution of a value: count, sum, minimum, maximum and buckets, explicit ones, each up to and
/// including its bound, or exponential ones where a reader or view says so (specification:
/// metrics/api.md#histogram). Any thread, no lock. NaN and infinities are ignored.
template <detail::MetricNumber T>
class Histogram {
 public:
  explicit Histogram(const detail::Instrument& instrument) noexcept : instrument_(&instrument) {}

  void record(T value, Attributes attributes = {}) const noexcept {
    detail::measure(*instrument_, value, attributes);
  }
  [[nodiscard]] BoundHistogram<T> bind(Attributes attributes = {}) const noexcept {
    return BoundHistogram<T>(detail::bind(*instrument_, attributes));
  }
  [[nodiscard]] bool enabled() const noexcept { return detail::is_enabled(*instrument_); }

 private:
  const detail::Instrument* instrument_;
};

}  // namespace ergon::inline v0
#endif
