#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "telemetry/metrics/observations.hpp"

namespace ergon::inline v0::telemetry {

/// One call of all callbacks, for one collection.
class CallbackRun {
 public:
  /// What has been observed so far. Any thread.
  [[nodiscard]] ObservedValues values() const;
  [[nodiscard]] bool is_done() const;

 private:
  friend class CallbackThread;

  mutable std::mutex mutex_;
  ObservedValues values_;    // guarded by mutex_
  bool is_done_{false};      // guarded by mutex_
  bool is_given_up_{false};  // guarded by mutex_
};

/// The thread that calls the callbacks of observable instruments, one after another. One that does not return
/// keeps its thread; the others get a new one. For the worker.
class CallbackThread {
 public:
  CallbackThread();
  CallbackThread(const CallbackThread&) = delete;
  CallbackThread& operator=(const CallbackThread&) = delete;
  /// A callback that has not returned is left alone with its thread.
  ~CallbackThread();

  /// Whether there is anything to call.
  [[nodiscard]] static bool has_callbacks();
  /// Calls `when_done`, which must not throw, on that thread at the end.
  [[nodiscard]] std::shared_ptr<CallbackRun> begin(std::function<void()> when_done);
  /// The run has taken too long: what it still observes is nobody's.
  void give_up(CallbackRun& run);

 private:
  struct Job {
    std::shared_ptr<CallbackRun> run;
    std::function<void()> when_done;
  };
  // Of a thread and who gives it work; the thread may outlive the other.
  struct Shared {
    std::mutex mutex;
    std::condition_variable has_news;
    std::deque<Job> jobs;                  // guarded by mutex, as all that follows
    std::shared_ptr<CallbackRun> current;  // null: the thread waits
    bool is_stopping{false};
  };
  void start();
  void leave_alone();
  static void work(const std::shared_ptr<Shared>& shared);
  static void call_all(CallbackRun& run);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace ergon::inline v0::telemetry
