#include "telemetry/metrics/callbacks.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <new>
#include <utility>

#include "base/diagnostic.hpp"
#include "telemetry/metrics/canonical_attributes.hpp"
#include "telemetry/metrics/encode_given.hpp"

namespace ergon::inline v0::detail {

bool RegisteredCallback::call(Observations& to) {
  {
    const std::lock_guard guard(mutex_);
    if (is_removed_ || is_running_) return false;
    is_running_ = true;
    runs_on_ = std::this_thread::get_id();
  }
  base::guard("telemetry: a callback of an observable instrument failed", [&] { function_->call(to); });
  std::unique_ptr<CallbackFunction> removed;  // by itself; what it refers to goes without the lock
  {
    const std::lock_guard guard(mutex_);
    is_running_ = false;
    runs_on_ = {};
    if (is_removed_) removed = std::move(function_);
  }
  has_returned_.notify_all();
  return true;
}

void RegisteredCallback::remove() noexcept {
  std::unique_ptr<CallbackFunction> removed;
  {
    std::unique_lock lock(mutex_);
    is_removed_ = true;
    if (runs_on_ == std::this_thread::get_id()) return;
    has_returned_.wait(lock, [this] { return !is_running_; });
    removed = std::move(function_);
  }
}

bool RegisteredCallback::observes(const Instrument& instrument) const noexcept {
  return std::ranges::find(instruments_, &instrument) != instruments_.end();
}

// The parent's threads may hold the lock, and wait; they are not here.
void RegisteredCallback::forget_call_in_child() noexcept {
  new (&mutex_) std::mutex;
  new (&has_returned_) std::condition_variable;
  is_running_ = false;
  runs_on_ = {};
}

void Observations::add(const Instrument& instrument, std::uint64_t bits, Attributes attributes) {
  if (!callback_.observes(instrument)) return;
  const telemetry::EncodedSet encoded(attributes);
  values_.add(instrument, telemetry::canonical_attributes(encoded.bytes()), bits);
}

void observe(Observations& to, const Instrument& instrument, std::int64_t value,
             Attributes attributes) noexcept try {
  if (value < 0 && instrument.kind == InstrumentKind::observable_counter) return;
  to.add(instrument, std::bit_cast<std::uint64_t>(value), attributes);
} catch (...) {  // no memory: it is not observed
}

void observe(Observations& to, const Instrument& instrument, double value, Attributes attributes) noexcept
    try {
  if (!std::isfinite(value) || (value < 0 && instrument.kind == InstrumentKind::observable_counter)) return;
  to.add(instrument, std::bit_cast<std::uint64_t>(value), attributes);
} catch (...) {
}

RegisteredCallback* register_callback(std::initializer_list<const Instrument*> instruments,
                                      CallbackFunction* function) {
  std::unique_ptr<CallbackFunction> owned(function);
  return &telemetry::CallbackRegistry::instance().add(
      std::make_shared<RegisteredCallback>(instruments, std::move(owned)));
}

void remove_callback(RegisteredCallback& callback) noexcept {
  telemetry::CallbackRegistry::instance().remove(callback);
}

}  // namespace ergon::inline v0::detail

namespace ergon::inline v0::telemetry {

CallbackRegistry& CallbackRegistry::instance() {
  static auto* const kRegistry = new CallbackRegistry;  // never destroyed: registrations may be static
  return *kRegistry;
}

detail::RegisteredCallback& CallbackRegistry::add(Callback callback) {
  const std::lock_guard guard(mutex_);
  return *callbacks_.emplace_back(std::move(callback));
}

void CallbackRegistry::remove(detail::RegisteredCallback& callback) noexcept {
  Callback removed;
  {
    const std::lock_guard guard(mutex_);
    const auto found = std::ranges::find(callbacks_, &callback, &Callback::get);
    if (found == callbacks_.end()) return;
    removed = std::move(*found);
    callbacks_.erase(found);
  }
  removed->remove();
}

std::vector<CallbackRegistry::Callback> CallbackRegistry::all() {
  const std::lock_guard guard(mutex_);
  return callbacks_;
}

void CallbackRegistry::forget_calls_in_child() noexcept {
  for (const Callback& callback : callbacks_) callback->forget_call_in_child();
}

}  // namespace ergon::inline v0::telemetry
