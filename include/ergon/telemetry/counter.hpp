#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <ergon/telemetry/instrument.hpp>

namespace ergon {

/// A sum that only grows (specification: metrics/api.md#counter). Any thread, no lock: each thread has its
/// own cells, which the reader adds up. A negative or NaN value is ignored. Beyond 2,000 attribute sets the
/// rest is counted under `otel.metric.overflow=true`.
template <detail::MetricNumber T>
class Counter {
 public:
  explicit Counter(const detail::Instrument& instrument) noexcept : instrument_(&instrument) {}

  void add(T value, Attributes attributes = {}) const noexcept {
    detail::add(*instrument_, value, attributes);
  }

 private:
  const detail::Instrument* instrument_;
};

}  // namespace ergon
#endif
