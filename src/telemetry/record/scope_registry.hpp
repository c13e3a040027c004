#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <ergon/config/level.hpp>
#include <ergon/config/tracing_config.hpp>
#include <ergon/telemetry/log_call.hpp>
#include <ergon/telemetry/scope.hpp>

namespace ergon::inline v0::detail {

/// What becomes of a tracer's spans.
enum class TracerMode : std::uint8_t {
  records,     // as its sampler decides
  identifies,  // tracing is off: they have ids, for the logs, and that is all
  off,         // this tracer is: they stand for their parents
};

/// An instrumentation scope; never destroyed, so records point to it. All but the mode is immutable.
struct Scope {
  std::string name;
  std::string version;
  std::string schema_url;
  std::string encoded;  // OTLP's InstrumentationScope message
  // Sessions write it, recording threads read it, both relaxed: as all of RecordingState.
  mutable std::atomic<TracerMode> tracer_mode{TracerMode::records};
};

}  // namespace ergon::inline v0::detail

namespace ergon::inline v0::telemetry {

/// The levels of all loggers.
struct LoggerLevels {
  Level level{Level::trace};             // of those that have no other
  std::map<std::string, Level> names{};  // by the longest that is the logger's or begins it up to a dot
  std::optional<Level> replay{};         // from here on what is below those is held back
};

/// All scopes and loggers ever asked for. Any thread, by a lock; the objects live for ever.
class ScopeRegistry {
 public:
  [[nodiscard]] static ScopeRegistry& instance();

  const detail::Scope& scope(std::string_view name, const ScopeOptions& options);
  const detail::LoggerState& logger(std::string_view name, const ScopeOptions& options);

  /// The logger of a tracer's scope.
  const detail::LoggerState& logger(const detail::Scope& scope);

  /// Sets what becomes of the spans of all tracers, present and future.
  void set_tracers(bool records_spans, const TracerConfigurator& configurator);
  /// Sets the levels of all loggers, present and future.
  void set_levels(LoggerLevels levels);

  void lock_for_fork() { mutex_.lock(); }
  void unlock_after_fork() { mutex_.unlock(); }

 private:
  ScopeRegistry();

  const detail::Scope& scope_locked(std::string_view name, const ScopeOptions& options, std::string encoded);

  const detail::LoggerState& logger_locked(const detail::Scope& scope);
  [[nodiscard]] detail::TracerMode mode_of(std::string_view tracer) const;
  [[nodiscard]] Level level_of(std::string_view logger) const;
  void set_level_of(detail::LoggerState& logger) const;

  std::mutex mutex_;
  // What they point to is never freed. The key of a scope is everything that tells it apart.
  std::map<std::string, detail::Scope*, std::less<>> scopes_;
  std::map<const detail::Scope*, detail::LoggerState*> loggers_;
  LoggerLevels levels_;  // before a session starts everything is kept
  bool records_spans_{true};
  TracerConfigurator tracers_{};
};

}  // namespace ergon::inline v0::telemetry
