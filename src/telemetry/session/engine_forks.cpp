// The engine around a fork.
#include <stdlib.h>

#include <mutex>
#include <new>
#include <utility>

#include "base/diagnostic.hpp"
#include "base/unix_time.hpp"
#include "config/extension_registry.hpp"
#include "telemetry/export/memory_store.hpp"
#include "telemetry/logging/handlers/log_file.hpp"
#include "telemetry/logging/time_text.hpp"
#include "telemetry/metrics/callbacks.hpp"
#include "telemetry/metrics/collector.hpp"
#include "telemetry/record/thread_block.hpp"
#include "telemetry/session/engine_parts.hpp"
#include "telemetry/session/running.hpp"

namespace ergon::inline v0::telemetry {

// A forked child begins anew when its first thread records; otherwise there is nothing to do but to see that
// what is kept before a session is reported at exit.
void Engine::on_thread_joined() noexcept {
  base::guard("telemetry: the child of a fork could not begin anew",
              [] { instance().begin_anew_in_child(); });
  static const int kRegistered = atexit(&Engine::at_exit);
  static_cast<void>(kRegistered);
}

std::optional<TelemetryConfig> Engine::config_to_begin_anew() {
  const std::lock_guard guard(mutex_);
  if (!is_to_begin_anew() || std::exchange(is_beginning_anew_, true)) return std::nullopt;
  return config_;
}

// The first thread that records does it. What is of the program's own is made without the lock; what others
// record meanwhile waits in their rings.
void Engine::begin_anew_in_child() {
  const std::optional<TelemetryConfig> config = config_to_begin_anew();
  if (!config) return;
  std::vector<std::string> errors;
  Parts parts(*config, errors);
  const std::lock_guard guard(mutex_);
  if (!is_to_begin_anew()) return;
  const Started started = errors.empty() ? start_locked(parts, true) : Started{0, std::move(errors)};
  if (started.errors.empty()) return;
  stop_recording();
  state_ = State::idle;
  base::report_failure("telemetry: the child of a fork goes on without", started.errors.front());
}

// Our own locks are held for moments only; of foreign code, only a gate around curl's work is waited for, and
// not for long.
void Engine::before_fork() noexcept {
  mutex_.lock();
  config::lock_extensions_for_fork();
  MemoryStore::lock_for_fork();
  ScopeRegistry::instance().lock_for_fork();
  CallbackRegistry::instance().lock_for_fork();
  InstrumentRegistry::instance().lock_for_fork();
  g_threads.lock_for_fork();
  lock_time_zone_for_fork();
  holds_fork_gate_ = NetworkThread::close_fork_gate();
}

void Engine::after_fork_in_parent() noexcept {
  if (holds_fork_gate_) NetworkThread::fork_gate().unlock();
  unlock_time_zone_after_fork();
  g_threads.unlock_after_fork();
  InstrumentRegistry::instance().unlock_after_fork();
  CallbackRegistry::instance().unlock_after_fork();
  ScopeRegistry::instance().unlock_after_fork();
  MemoryStore::unlock_after_fork();
  config::unlock_extensions_after_fork();
  mutex_.unlock();
}

// A sampler that is an object is the parent's: of the program's own, it may hold a lock of a thread that does
// not exist here. What starts before the child has its own, as where those are made, that one decides on
// later, as on spans of the time before a session.
void Engine::leave_sampler_to_parent() noexcept {
  if (g_recording.sampler.exchange(nullptr, std::memory_order_relaxed) == nullptr) return;
  g_recording.phase.store(Phase::prestart, std::memory_order_relaxed);
  g_recording.follows_parent.store(false, std::memory_order_relaxed);
  g_recording.root_threshold.store(kAlwaysSampled, std::memory_order_relaxed);
}

// The parent's threads do not exist here, so what they own is left alone for ever: tearing a curl handle down
// would end the parent's TLS connections.
void Engine::after_fork_in_child() noexcept {
  unlock_time_zone_after_fork();
  g_recording.fork_generation.fetch_add(1, std::memory_order_relaxed);
  g_recording.wake_descriptor.store(-1, std::memory_order_relaxed);
  leave_sampler_to_parent();
  g_recording.processors.store(nullptr, std::memory_order_relaxed);  // the parent's, as is what makes ids
  g_recording.id_generator.store(nullptr, std::memory_order_relaxed);
  g_recording.crash_flush.store(CrashFlush::none, std::memory_order_relaxed);
  g_threads.reset_in_child();
  reset_metrics_in_child(base::unix_nanoseconds());
  CallbackRegistry::instance().forget_calls_in_child();
  CallbackRegistry::instance().unlock_after_fork();
  ScopeRegistry::instance().unlock_after_fork();
  MemoryStore::unlock_after_fork();
  config::unlock_extensions_after_fork();
  Worker::forget_drained_in_child();
  Mailbox::forget_descriptor_in_child();
  NetworkThread::renew_fork_gate_in_child();
  LogFile::close_locked_in_child();
  baseline_ = {};
  last_books_ = {};
  is_in_child_ = true;
  is_beginning_anew_ = false;
  if (state_ == State::stopping) state_ = State::idle;
  new (&has_stopped_) std::condition_variable;  // the parent's waiters are not here
  if (running_ != nullptr)
    abandoned_.push_back(new (std::nothrow) std::shared_ptr<Running>(std::move(running_)));
  running_ = nullptr;
  unfinished_ = nullptr;
  mutex_.unlock();
}

}  // namespace ergon::inline v0::telemetry
