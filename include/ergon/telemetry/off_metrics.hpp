#pragma once

// The part of off.hpp that metrics have: included by it, never directly.

#include <concepts>
#include <cstdint>
#include <string_view>

#include <ergon/telemetry/instrument.hpp>
#include <ergon/telemetry/scope.hpp>

namespace ergon::inline v0 {

template <detail::MetricNumber T>
class BoundCounter {
 public:
  void add(T) const noexcept {}
};

template <detail::MetricNumber T>
class Counter {
 public:
  void add(T, Attributes = {}) const noexcept {}
  [[nodiscard]] BoundCounter<T> bind(Attributes = {}) const noexcept { return {}; }
  [[nodiscard]] bool enabled() const noexcept { return false; }
};

template <detail::MetricNumber T>
class UpDownCounter : public Counter<T> {};
template <detail::MetricNumber T>
using BoundUpDownCounter = BoundCounter<T>;

template <detail::MetricNumber T>
class BoundHistogram {
 public:
  void record(T) const noexcept {}
};

template <detail::MetricNumber T>
class Histogram {
 public:
  void record(T, Attributes = {}) const noexcept {}
  [[nodiscard]] BoundHistogram<T> bind(Attributes = {}) const noexcept { return {}; }
  [[nodiscard]] bool enabled() const noexcept { return false; }
};

template <detail::MetricNumber T>
class Gauge : public Histogram<T> {};
template <detail::MetricNumber T>
using BoundGauge = BoundHistogram<T>;

class [[nodiscard, maybe_unused]] CallbackRegistration {
 public:
  CallbackRegistration() noexcept = default;
  CallbackRegistration(CallbackRegistration&&) noexcept = default;
  CallbackRegistration& operator=(CallbackRegistration&&) noexcept = default;
  ~CallbackRegistration() {}  // not trivial, so that none is called unused
  void remove() noexcept {}
};

class ObservableInstrument {
 public:
  [[nodiscard]] bool enabled() const noexcept { return false; }
};

template <detail::MetricNumber T>
class Observer {
 public:
  void observe(T, Attributes = {}) const noexcept {}
};

class BatchObserver {
 public:
  template <class Instrument>
  void observe(const Instrument&, typename Instrument::Value, Attributes = {}) const noexcept {}
};

template <detail::MetricNumber T, detail::InstrumentKind kind>
class Observable : public ObservableInstrument {
 public:
  using Value = T;
  template <std::invocable<const Observer<T>&> Callback>
  CallbackRegistration observe(const Callback&) const {
    return {};
  }
};

template <detail::MetricNumber T>
using ObservableCounter = Observable<T, detail::InstrumentKind::observable_counter>;
template <detail::MetricNumber T>
using ObservableUpDownCounter = Observable<T, detail::InstrumentKind::observable_up_down_counter>;
template <detail::MetricNumber T>
using ObservableGauge = Observable<T, detail::InstrumentKind::observable_gauge>;

class Meter {
 public:
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] Counter<T> counter(std::string_view, const InstrumentOptions& = {}) const {
    return {};
  }
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] UpDownCounter<T> up_down_counter(std::string_view, const InstrumentOptions& = {}) const {
    return {};
  }
  template <detail::MetricNumber T = double>
  [[nodiscard]] Histogram<T> histogram(std::string_view, const InstrumentOptions& = {}) const {
    return {};
  }
  template <detail::MetricNumber T = double>
  [[nodiscard]] Gauge<T> gauge(std::string_view, const InstrumentOptions& = {}) const {
    return {};
  }
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] ObservableCounter<T> observable_counter(std::string_view,
                                                        const InstrumentOptions& = {}) const {
    return {};
  }
  template <detail::MetricNumber T = std::int64_t>
  [[nodiscard]] ObservableUpDownCounter<T> observable_up_down_counter(std::string_view,
                                                                      const InstrumentOptions& = {}) const {
    return {};
  }
  template <detail::MetricNumber T = double>
  [[nodiscard]] ObservableGauge<T> observable_gauge(std::string_view, const InstrumentOptions& = {}) const {
    return {};
  }
  template <std::invocable<const BatchObserver&> Callback, class... Observables>
  static CallbackRegistration observe(const Callback&, const Observables&...) {
    return {};
  }
};

[[nodiscard]] inline Meter get_meter(std::string_view, const ScopeOptions& = {}) { return {}; }

namespace telemetry {
[[nodiscard]] inline CallbackRegistration observe_process() { return {}; }
}  // namespace telemetry

}  // namespace ergon::inline v0
