#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <ergon/telemetry/observable.hpp>

#include "telemetry/metrics/observations.hpp"

namespace ergon::inline v0::detail {

/// A callback of the program's and the instruments that it observes. Any thread.
class RegisteredCallback {
 public:
  RegisteredCallback(std::initializer_list<const Instrument*> instruments,
                     std::unique_ptr<CallbackFunction> function)
      : instruments_(instruments), function_(std::move(function)) {}

  /// Calls it, unless it has been removed or a call has not returned yet. Answers whether it was called.
  bool call(Observations& to);
  /// Waits for a call under way to end, but for one that this thread is in; there will be none after it.
  void remove() noexcept;
  [[nodiscard]] bool observes(const Instrument& instrument) const noexcept;
  /// While there is one thread: no call is under way here.
  void forget_call_in_child() noexcept;

 private:
  const std::vector<const Instrument*> instruments_;
  std::mutex mutex_;
  std::condition_variable has_returned_;
  // All guarded by mutex_; the function is called without it.
  std::unique_ptr<CallbackFunction> function_;
  bool is_removed_{false};
  bool is_running_{false};
  std::thread::id runs_on_{};
};

/// See the public header. Of one callback, on the thread that calls it.
class Observations {
 public:
  explicit Observations(const RegisteredCallback& callback) : callback_(callback) {}

  void add(const Instrument& instrument, std::uint64_t bits, Attributes attributes);
  [[nodiscard]] const telemetry::ObservedValues& values() const noexcept { return values_; }

 private:
  const RegisteredCallback& callback_;
  telemetry::ObservedValues values_;
};

}  // namespace ergon::inline v0::detail

namespace ergon::inline v0::telemetry {

/// All registered callbacks. Any thread, by a lock under which none is called.
class CallbackRegistry {
 public:
  using Callback = std::shared_ptr<detail::RegisteredCallback>;

  [[nodiscard]] static CallbackRegistry& instance();

  detail::RegisteredCallback& add(Callback callback);
  void remove(detail::RegisteredCallback& callback) noexcept;
  [[nodiscard]] std::vector<Callback> all();

  void lock_for_fork() { mutex_.lock(); }
  void unlock_after_fork() { mutex_.unlock(); }
  /// With the lock held.
  void forget_calls_in_child() noexcept;

 private:
  std::mutex mutex_;
  std::vector<Callback> callbacks_;  // guarded by mutex_
};

}  // namespace ergon::inline v0::telemetry
