#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <ergon/telemetry/instrument.hpp>

namespace ergon {

/// The distribution of a value: count, sum, minimum, maximum and explicit buckets, each up to and including
/// its bound (specification: metrics/api.md#histogram). Any thread, no lock. NaN and infinities are ignored.
template <detail::MetricNumber T>
class Histogram {
 public:
  explicit Histogram(const detail::Instrument& instrument) noexcept : instrument_(&instrument) {}

  void record(T value, Attributes attributes = {}) const noexcept {
    detail::record(*instrument_, static_cast<double>(value), attributes);
  }

 private:
  const detail::Instrument* instrument_;
};

}  // namespace ergon
#endif
