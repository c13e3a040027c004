#include "telemetry/session/engine.hpp"

#include <pthread.h>
#include <stdlib.h>

#include <algorithm>
#include <exception>
#include <new>

#include <ergon/config/telemetry_description.hpp>

#include "base/diagnostic.hpp"
#include "base/ticks.hpp"
#include "config/extension_registry.hpp"
#include "config/values.hpp"
#include "telemetry/record/read_span.hpp"
#include "telemetry/record/thread_block.hpp"
#include "telemetry/resource/detection.hpp"
#include "telemetry/sampling/make_sampler.hpp"
#include "telemetry/session/crash_handler.hpp"
#include "telemetry/session/engine_parts.hpp"
#include "telemetry/session/prestart_report.hpp"
#include "telemetry/session/resource.hpp"
#include "telemetry/session/running.hpp"
#include "telemetry/session/stop_handler.hpp"

namespace ergon::inline v0::telemetry {

using namespace std::chrono_literals;

namespace {

// A timeout may be `milliseconds::max()`, and the clock must not overflow.
std::chrono::steady_clock::time_point deadline_in(std::chrono::milliseconds timeout) {
  constexpr std::chrono::hours kForEver{24 * 365};
  return std::chrono::steady_clock::now() + std::min<std::chrono::milliseconds>(timeout, kForEver);
}

void warn_of_sampler(const TelemetryConfig& config) {
  static constinit base::Diagnostic ratio{"telemetry: tracing.sampler"};
  if (!config.tracing || !uses_ratio_below_roots(config.tracing->sampler)) return;
  ratio.report(
      "trace_id_ratio_based also decides on spans that have a parent, and other implementations may decide "
      "otherwise on the same trace; use it as parent_based.root, or use probability");
}

}  // namespace

// Runs while the library is loaded, before main.
struct Hooks {
  Hooks() {
    g_recording.on_thread_joined.store(&Engine::on_thread_joined, std::memory_order_release);
    g_recording.wait_for_export.store(&Engine::wait_for_export, std::memory_order_release);
    pthread_atfork([] { Engine::instance().before_fork(); },
                   [] { Engine::instance().after_fork_in_parent(); },
                   [] { Engine::instance().after_fork_in_child(); });
  }
};
static const Hooks kHooks;

Engine& Engine::instance() {
  static auto* const kEngine = new Engine;  // never destroyed: its threads outlive main
  return *kEngine;
}

Engine::Started Engine::start(TelemetryConfig config, RuntimeOptions options,
                              std::shared_ptr<MemorySink> memory) {
  config = with_defaults(std::move(config));
  options = with_delivery(std::move(options), config.delivery);
  std::vector<std::string> errors;
  for (const config::ConfigError& error : config::validate(config)) errors.push_back(error.message());
  if (options.memory_limit < std::size_t{1} << 20U)
    errors.push_back("memory_limit of the runtime options: found " + std::to_string(options.memory_limit) +
                     " bytes; allowed: at least 1 MiB");
  if (!errors.empty()) return {0, std::move(errors)};
  config.propagator = effective_propagator(config, options);
  resolve_resources(config, environment_of(options), errors);
  Parts parts(config, errors);
  if (!errors.empty()) return {0, std::move(errors)};
  warn_of_sampler(config);
  const std::lock_guard guard(mutex_);
  if (auto reason = reason_not_to_start()) return {0, {*std::move(reason)}};
  std::swap(config_, config);  // the earlier one's options are the program's own, too
  options_ = std::move(options);
  memory_ = std::move(memory);
  if (number_ > 0) {  // what was recorded before the first session belongs to it; later, only what comes now
    Worker::discard_leftovers();
    baseline_ = take_baseline();
  }
  return start_locked(parts, false);
}

std::optional<std::string> Engine::reason_not_to_start() const {
  if (state_ == State::active)
    return "a telemetry session is active in this process already; there is one at a time";
  if (state_ == State::stopping)
    return "the earlier telemetry session is still being shut down; there is one at a time";
  if (unfinished_ != nullptr && !unfinished_->has_ended())
    return "a sampler or log filter of the earlier session has not returned yet; there is one at a time";
  return std::nullopt;
}

Engine::Started Engine::start_locked(Parts& parts, bool is_forked_child) try {
  std::swap(recording_, parts.recording);
  // Before the worker looks at what came before:
  g_budget.set_limit(options_.memory_limit);
  publish_tracers();
  publish_levels();
  publish_metrics(!is_forked_child && number_ > 0);
  if (options_.handles_stop_signals && !is_forked_child) install_stop_handler();
  const auto processors = parts.own.span_processors();
  running_ = std::make_shared<Running>(config_, recording_, options_, parts.own, memory_, baseline_,
                                       is_forked_child);
  std::move(parts.propagators).adopt();
  publish_processors(processors);
  publish(recording_);
  state_ = State::active;
  if (!is_forked_child) ++number_;
  is_in_child_ = false;
  if (options_.handles_crashes) install_crash_handler();
  static const int kRegistered =
      atexit(&Engine::at_exit);  // after curl's and OpenSSL's own, so it runs before
  static_cast<void>(kRegistered);
  parts.own.leave_taken();
  return {number_, {}};
} catch (const std::exception& error) {
  running_.reset();
  ScopeRegistry::instance().set_tracers(true, {});
  ScopeRegistry::instance().set_levels({});
  leave_metrics_as_before();
  return {0, {std::string("telemetry could not start: ") + error.what()}};
}

std::shared_ptr<Running> Engine::running() {
  const std::lock_guard guard(mutex_);
  return running_;
}

bool Engine::flush(std::uint64_t number, std::chrono::milliseconds timeout) {
  const auto deadline = deadline_in(timeout);
  std::shared_ptr<Running> running;
  {
    const std::lock_guard guard(mutex_);
    if (number == number_) running = running_;
  }
  if (running == nullptr) return true;
  const bool is_settled = running->worker.flush(true)->wait_until(deadline).value_or(false);
  return running->user_threads.force_flush(deadline) && is_settled;
}

bool Engine::shutdown(std::uint64_t number, std::chrono::milliseconds timeout) {
  const auto deadline = deadline_in(timeout);
  std::shared_ptr<Running> running;
  {
    std::unique_lock lock(mutex_);
    if (number != number_ || state_ == State::idle) return true;
    if (state_ == State::stopping) {  // another thread is at it: its answer is this one's, too
      const auto is_over = [&] { return state_ != State::stopping; };
      return has_stopped_.wait_until(lock, deadline, is_over) && was_settled_;
    }
    state_ = State::stopping;
    stop_recording();
    running = running_;
    memory_.reset();
  }
  bool was_settled = running == nullptr || running->stop(deadline);
  const auto books = running != nullptr ? running->worker.stop(deadline) : std::optional(AllBooks{});
  was_settled = was_settled && books.has_value();
  {
    const std::lock_guard guard(mutex_);
    last_books_ = books ? *books : running->worker.known_books();
    if (!books) {
      unfinished_ = &running->worker;
      abandoned_.push_back(new std::shared_ptr<Running>(running));
    }
    running_.reset();
    state_ = State::idle;
    was_settled_ = was_settled;
  }
  has_stopped_.notify_all();
  return was_settled;
}

void Engine::stop_recording() {
  g_recording.phase.store(Phase::stopped, std::memory_order_release);
  for (auto& waits : g_recording.waits_for_export) waits.store(false, std::memory_order_relaxed);
  g_recording.wake_descriptor.store(-1, std::memory_order_relaxed);
  g_recording.sampler.store(nullptr, std::memory_order_relaxed);  // static destructors are not to meet it
  g_recording.id_generator.store(nullptr, std::memory_order_relaxed);
  g_recording.processors.store(nullptr, std::memory_order_relaxed);
  g_recording.follows_parent.store(false, std::memory_order_relaxed);  // nobody exports what begins now
  g_recording.root_threshold.store(kNeverSampled, std::memory_order_relaxed);
}

bool Engine::set_tracers(std::uint64_t number, const TracerConfigurator& configurator) {
  const std::lock_guard guard(mutex_);
  if (number == 0 || number != number_ || state_ != State::active) return false;
  if (config_.tracing) config_.tracing->tracer_configurator = configurator;  // a forked child's, too
  publish_tracers();
  return true;
}

bool Engine::set_level(std::uint64_t number, std::string_view logger, Level level) {
  const std::lock_guard guard(mutex_);
  if (number == 0 || number != number_ || state_ != State::active) return false;
  if (!config_.logging) return true;
  (logger.empty() ? config_.logging->level : config_.logging->levels[std::string(logger)]) = level;
  publish_levels();
  return true;
}

Statistics Engine::statistics(std::uint64_t number) {
  const std::shared_ptr<Running> running = this->running();
  const AllBooks books = running != nullptr ? running->worker.books() : AllBooks{};
  const std::lock_guard guard(mutex_);
  if (number == 0 || number != number_) return {};
  if (running_ == nullptr) return make_final_statistics(last_books_, baseline_);
  return make_statistics(books, baseline_);
}

std::chrono::milliseconds Engine::shutdown_timeout() {
  const std::lock_guard guard(mutex_);
  return options_.shutdown_timeout;
}

std::uint64_t Engine::latest() {
  const std::lock_guard guard(mutex_);
  return number_;
}

void Engine::flush_latest() { flush(latest(), shutdown_timeout()); }
void Engine::shut_down_latest() { shutdown(latest()); }

void Engine::wait_for_export(Signal signal) noexcept {
  base::guard("telemetry: could not wait for an export", [signal] {
    Engine& engine = instance();
    const std::shared_ptr<Running> running = engine.running();
    if (running == nullptr) return;
    const auto deadline = deadline_in(engine.longest_wait_.load(std::memory_order_relaxed));
    static_cast<void>(running->worker.flush_simple(signal)->wait_until(deadline));
  });
}

void Engine::at_exit() noexcept {
  instance().shut_down_latest();
  report_prestart_records();
}

}  // namespace ergon::inline v0::telemetry
