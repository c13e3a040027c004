#include "telemetry/metrics/callback_thread.hpp"

#include <algorithm>
#include <utility>

#include "base/diagnostic.hpp"
#include "base/sdk_thread.hpp"
#include "telemetry/metrics/callbacks.hpp"

namespace ergon::inline v0::telemetry {

namespace {

constinit base::Diagnostic g_slow{
    "telemetry: callbacks of observable instruments took longer than their reader's timeout"};

}  // namespace

ObservedValues CallbackRun::values() const {
  const std::lock_guard guard(mutex_);
  return values_;
}

bool CallbackRun::is_done() const {
  const std::lock_guard guard(mutex_);
  return is_done_;
}

CallbackThread::CallbackThread() : shared_(std::make_shared<Shared>()) {}

CallbackThread::~CallbackThread() { leave_alone(); }

bool CallbackThread::has_callbacks() { return !CallbackRegistry::instance().all().empty(); }

std::shared_ptr<CallbackRun> CallbackThread::begin(std::function<void()> when_done) {
  auto run = std::make_shared<CallbackRun>();
  if (!thread_.joinable()) start();
  {
    const std::lock_guard guard(shared_->mutex);
    shared_->jobs.push_back({run, std::move(when_done)});
  }
  shared_->has_news.notify_all();
  return run;
}

void CallbackThread::give_up(CallbackRun& run) {
  g_slow.report("they are left out of this collection");
  {
    const std::lock_guard guard(run.mutex_);
    run.is_given_up_ = true;
  }
  std::deque<Job> waiting;
  {
    const std::lock_guard guard(shared_->mutex);
    std::erase_if(shared_->jobs, [&](const Job& job) { return job.run.get() == &run; });
    if (shared_->current.get() != &run) return;
    waiting = std::exchange(shared_->jobs, {});
  }
  leave_alone();
  shared_ = std::make_shared<Shared>();
  shared_->jobs = std::move(waiting);
  if (!shared_->jobs.empty()) start();
}

void CallbackThread::start() {
  thread_ = base::start_sdk_thread("ergon-callbacks", [shared = shared_] { work(shared); });
}

// A thread that waits ends at once; one that is within a callback, when that returns, if ever.
void CallbackThread::leave_alone() {
  bool is_calling = false;
  {
    const std::lock_guard guard(shared_->mutex);
    shared_->is_stopping = true;
    is_calling = shared_->current != nullptr;
  }
  shared_->has_news.notify_all();
  if (!thread_.joinable()) return;
  if (is_calling) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void CallbackThread::work(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  for (;;) {
    shared->has_news.wait(lock, [&] { return shared->is_stopping || !shared->jobs.empty(); });
    if (shared->is_stopping) return;
    Job job = std::move(shared->jobs.front());
    shared->jobs.pop_front();
    shared->current = job.run;
    lock.unlock();
    base::guard("telemetry: callbacks could not be called", [&] { call_all(*job.run); });
    {
      const std::lock_guard guard(job.run->mutex_);
      job.run->is_done_ = true;
    }
    job.when_done();
    lock.lock();
    shared->current = nullptr;
  }
}

void CallbackThread::call_all(CallbackRun& run) {
  for (const CallbackRegistry::Callback& callback : CallbackRegistry::instance().all()) {
    detail::Observations observed(*callback);
    if (!callback->call(observed)) continue;
    const std::lock_guard guard(run.mutex_);
    if (run.is_given_up_) return;
    run.values_.add(observed.values());
  }
}

}  // namespace ergon::inline v0::telemetry
