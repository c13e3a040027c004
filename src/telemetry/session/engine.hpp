#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>
#include <ergon/telemetry/statistics.hpp>

#include "telemetry/export/memory_sink.hpp"
#include "telemetry/session/recording_plan.hpp"
#include "telemetry/worker/books.hpp"

namespace ergon::inline v0::telemetry {

struct Running;
class Worker;

/// The telemetry of this process: one, and at most one session at a time. Never destroyed; its methods are
/// for any thread. It also keeps the fork and exit rules: in the child of a fork everything begins anew at
/// the first record; at exit a session is shut down, and without one the warnings kept so far go to stderr.
class Engine {
 public:
  [[nodiscard]] static Engine& instance();

  struct Started {
    std::uint64_t number{0};  // of the session, from 1 on; 0 when there are errors
    std::vector<std::string> errors{};
  };
  /// Starts a session, or answers why not. With `memory` set, everything goes there.
  Started start(TelemetryConfig config, RuntimeOptions options, std::shared_ptr<MemorySink> memory);

  // What follows does nothing, or answers with nothing, unless `number` is the latest session's.
  bool flush(std::uint64_t number, std::chrono::milliseconds timeout);
  bool shutdown(std::uint64_t number, std::chrono::milliseconds timeout);
  bool shutdown(std::uint64_t number) { return shutdown(number, shutdown_timeout()); }
  /// Of whatever session there is, within its `shutdown_timeout`.
  void flush_latest();
  void shut_down_latest();
  bool set_tracers(std::uint64_t number, const TracerConfigurator& configurator);
  bool set_level(std::uint64_t number, std::string_view logger, Level level);
  [[nodiscard]] Statistics statistics(std::uint64_t number);

  // Installed with pthread_atfork when the library is loaded.
  void before_fork() noexcept;
  void after_fork_in_parent() noexcept;
  void after_fork_in_child() noexcept;

 private:
  Engine() = default;

  static void on_thread_joined() noexcept;
  static void wait_for_export(Signal signal) noexcept;
  static void at_exit() noexcept;
  friend struct Hooks;

  // active: from start to shutdown, also in a child that has not recorded yet.
  enum class State : std::uint8_t { idle, active, stopping };

  // What a session has of the program's own: made and destroyed while mutex_ is not held.
  struct Parts;

  // Leaves in the parts what it does not take, and the plan of the session before.
  Started start_locked(Parts& parts, bool is_forked_child);
  [[nodiscard]] std::optional<std::string> reason_not_to_start() const;
  void begin_anew_in_child();
  [[nodiscard]] bool is_to_begin_anew() const { return is_in_child_ && state_ == State::active; }
  [[nodiscard]] std::optional<TelemetryConfig> config_to_begin_anew();
  static void leave_sampler_to_parent() noexcept;
  void stop_recording();
  void publish(const RecordingPlan& plan);
  void publish_processors(const std::shared_ptr<const SpanProcessors>& processors);
  void publish_sampler(const RecordingPlan& plan);
  void publish_tracers();
  void publish_levels();
  void publish_metrics(bool begins_now);
  static void leave_metrics_as_before();
  [[nodiscard]] std::shared_ptr<Running> running();
  [[nodiscard]] std::chrono::milliseconds shutdown_timeout();
  [[nodiscard]] std::uint64_t latest();

  // Of a recording thread under a `simple` processor; written with mutex_ held, read by such threads.
  std::atomic<std::chrono::milliseconds> longest_wait_{};
  std::mutex mutex_;
  // All guarded by mutex_.
  std::shared_ptr<Running> running_;  // until it has stopped
  State state_{State::idle};
  bool is_in_child_{false};              // a fork's child has not begun anew yet
  bool is_beginning_anew_{false};        // a thread of it is at that
  bool was_settled_{true};               // by the latest shutdown
  std::condition_variable has_stopped_;  // the state went from stopping to idle
  TelemetryConfig config_;               // with the propagator that it comes to
  RuntimeOptions options_;
  RecordingPlan recording_;
  std::shared_ptr<MemorySink> memory_;
  Baseline baseline_{};
  // All that were ever published: a recording thread may be calling one.
  std::vector<std::shared_ptr<const SpanSampler>> samplers_;
  std::vector<std::shared_ptr<IdGenerator>> id_generators_;
  std::vector<std::shared_ptr<const SpanProcessors>> processors_;
  AllBooks last_books_{};
  std::uint64_t number_{0};      // of the latest session
  bool holds_fork_gate_{false};  // between before_fork and after_fork_…
  // Kept for ever: the parent's threads, seen from a child, and those whose worker was left alone.
  std::vector<std::shared_ptr<Running>*> abandoned_;
  Worker* unfinished_{nullptr};  // the latest left alone: until it has ended the rings are its own
};

}  // namespace ergon::inline v0::telemetry
