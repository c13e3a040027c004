#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <concepts>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include <ergon/telemetry/instrument.hpp>

namespace ergon::inline v0 {

class BatchObserver;
template <detail::MetricNumber T>
class Observer;

namespace detail {

// What a run of one callback has observed.
class Observations;
ERGON_API void observe(Observations& to, const Instrument& instrument, std::int64_t value,
                       Attributes attributes) noexcept;
ERGON_API void observe(Observations& to, const Instrument& instrument, double value,
                       Attributes attributes) noexcept;

class CallbackFunction {
 public:
  CallbackFunction() = default;
  CallbackFunction(const CallbackFunction&) = delete;
  CallbackFunction& operator=(const CallbackFunction&) = delete;
  virtual ~CallbackFunction() = default;
  virtual void call(Observations& to) = 0;
};

class RegisteredCallback;
// Takes the function over, whatever happens; <memory> would be dear in every program.
ERGON_API RegisteredCallback* register_callback(std::initializer_list<const Instrument*> instruments,
                                                CallbackFunction* function);
ERGON_API void remove_callback(RegisteredCallback& callback) noexcept;

}  // namespace detail

/// Keeps a callback registered while it lives. Its destructor waits for a call under way to end, unless it is
/// that call which destroys it; afterwards the callback is never called again, so what it refers to may go.
class [[nodiscard]] CallbackRegistration {
 public:
  CallbackRegistration() noexcept = default;
  explicit CallbackRegistration(detail::RegisteredCallback* callback) noexcept : callback_(callback) {}
  CallbackRegistration(CallbackRegistration&& other) noexcept
      : callback_(std::exchange(other.callback_, nullptr)) {}
  CallbackRegistration& operator=(CallbackRegistration&& other) noexcept {
    if (this != &other) {
      remove();
      callback_ = std::exchange(other.callback_, nullptr);
    }
    return *this;
  }
  ~CallbackRegistration() { remove(); }

  /// What the destructor does; harmless when done already.
  void remove() noexcept {
    if (detail::RegisteredCallback* const callback = std::exchange(callback_, nullptr))
      detail::remove_callback(*callback);
  }

 private:
  detail::RegisteredCallback* callback_{nullptr};
};

/// What the observable instruments have in common.
class ObservableInstrument {
 public:
  [[nodiscard]] bool enabled() const noexcept { return detail::is_enabled(*instrument_); }

 protected:
  explicit ObservableInstrument(const detail::Instrument& instrument) noexcept : instrument_(&instrument) {}

  const detail::Instrument* instrument_;

 private:
  friend class BatchObserver;
  friend class Meter;
};

/// An instrument of which the reader asks for values, by callbacks, at each collection (specification:
/// metrics/api.md#asynchronous-instrument-api). Callbacks run one after another on a thread of their own and
/// under no lock, so they may record, register and remove. One that is slower than its reader's timeout is
/// not waited for: what it observes is left out of that collection. What it throws is reported, and what it
/// had observed counts. A set of attributes that is observed twice in a collection counts once, the last
/// time; one that is not observed has no point. NaN, infinities and a counter's negative values are ignored.
template <detail::MetricNumber T, detail::InstrumentKind kind>
class Observable : public ObservableInstrument {
 public:
  using Value = T;
  explicit Observable(const detail::Instrument& instrument) noexcept : ObservableInstrument(instrument) {}

  /// Calls `callback(const Observer<T>&)` at each collection for as long as the registration lives.
  template <std::invocable<const Observer<T>&> Callback>
  CallbackRegistration observe(Callback callback) const;
};

template <detail::MetricNumber T>
using ObservableCounter = Observable<T, detail::InstrumentKind::observable_counter>;
template <detail::MetricNumber T>
using ObservableUpDownCounter = Observable<T, detail::InstrumentKind::observable_up_down_counter>;
template <detail::MetricNumber T>
using ObservableGauge = Observable<T, detail::InstrumentKind::observable_gauge>;

/// Takes what the callback of one instrument observes. Only inside the call.
template <detail::MetricNumber T>
class Observer {
 public:
  Observer(detail::Observations& to, const detail::Instrument& instrument) noexcept
      : to_(&to), instrument_(&instrument) {}

  /// Of an observable counter the sum so far, not what came since the last time.
  void observe(T value, Attributes attributes = {}) const noexcept {
    detail::observe(*to_, *instrument_, value, attributes);
  }

 private:
  detail::Observations* to_;
  const detail::Instrument* instrument_;
};

/// The same of a callback of several instruments (`Meter::observe`). What it observes of others than those
/// it was registered with is ignored.
class BatchObserver {
 public:
  explicit BatchObserver(detail::Observations& to) noexcept : to_(&to) {}

  template <class Instrument>
  void observe(const Instrument& instrument, typename Instrument::Value value,
               Attributes attributes = {}) const noexcept {
    const ObservableInstrument& base = instrument;
    detail::observe(*to_, *base.instrument_, value, attributes);
  }

 private:
  detail::Observations* to_;
};

namespace detail {

template <class Callback, class T>
class SingleCallback final : public CallbackFunction {
 public:
  SingleCallback(Callback callback, const Instrument& instrument)
      : callback_(std::move(callback)), instrument_(&instrument) {}
  void call(Observations& to) override { callback_(Observer<T>(to, *instrument_)); }

 private:
  Callback callback_;
  const Instrument* instrument_;
};

template <class Callback>
class BatchCallback final : public CallbackFunction {
 public:
  explicit BatchCallback(Callback callback) : callback_(std::move(callback)) {}
  void call(Observations& to) override { callback_(BatchObserver(to)); }

 private:
  Callback callback_;
};

}  // namespace detail

template <detail::MetricNumber T, detail::InstrumentKind kind>
template <std::invocable<const Observer<T>&> Callback>
CallbackRegistration Observable<T, kind>::observe(Callback callback) const {
  return CallbackRegistration(detail::register_callback(
      {instrument_}, new detail::SingleCallback<Callback, T>(std::move(callback), *instrument_)));
}

}  // namespace ergon::inline v0
#endif
