#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ergon/config/level.hpp>
#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/runtime_options.hpp>
#include <ergon/telemetry/statistics.hpp>
#include <ergon/telemetry/visibility.hpp>

namespace ergon::inline v0::telemetry {

/// The telemetry of this process, from `start` to the end of this object or `shutdown`: one at a time.
/// Loggers, tracers and meters work without holding it. Any thread may call its methods.
class [[nodiscard]] Session {
 public:
  Session() noexcept = default;
  Session(Session&& other) noexcept
      : number_(std::exchange(other.number_, 0)), errors_(std::move(other.errors_)) {}
  ERGON_API Session& operator=(Session&& other) noexcept;
  /// Shuts down within the configured `shutdown_timeout`.
  ERGON_API ~Session();

  /// False when the session could not start; `errors` says why.
  [[nodiscard]] explicit operator bool() const noexcept { return number_ != 0; }
  [[nodiscard]] const std::vector<std::string>& errors() const noexcept { return errors_; }

  /// Sends everything recorded before the call, and flushes processors and exporters of the program's own.
  /// True when all of it was delivered, rejected or dropped for good by the deadline, and those say so, too;
  /// false when some is still queued (it stays so).
  ERGON_API bool flush(std::chrono::milliseconds timeout);
  /// Flushes, then stops: what is left at the deadline is counted as dropped (`shutdown`), and later records
  /// as `already_shutdown`. A later `start` begins anew. True when nothing was dropped by the deadline.
  ERGON_API bool shutdown(std::chrono::milliseconds timeout);
  /// Switches tracers on and off by name while the session runs, in place of what its configuration says
  /// (specification: trace/sdk.md#tracerconfigurator); from now on, spans that have begun go on. False when
  /// the session is not active.
  ERGON_API bool set_tracers(const TracerConfigurator& configurator);
  /// Sets the level of a logger, and of those below it that have none of their own, while the session runs,
  /// in place of what its configuration says (`LoggingConfig::levels`); with an empty name the level of all
  /// that have none. From the next call of each on, and in children that are forked later. Without a logging
  /// section logs stay off. False when the session is not active.
  ERGON_API bool set_level(std::string_view logger, Level level);
  /// The books of all signals; also after shutdown.
  [[nodiscard]] ERGON_API Statistics statistics() const;

 private:
  friend Session start(TelemetryConfig config, RuntimeOptions options);
  friend Session start_from_file(const std::string& path, RuntimeOptions options);

  std::uint64_t number_{0};  // which of this process's sessions; 0: inert
  std::vector<std::string> errors_;
};

/// Starts this process's telemetry. Never throws: on errors, and when a session is active already, it prints
/// them to stderr and returns an inert session. With no section at all, logs go to the console and nothing
/// else is on. The environment's OTEL_… override `config` (docs/guide/configuration.md#the-environment).
ERGON_API Session start(TelemetryConfig config = {}, RuntimeOptions options = {});

/// The same from a YAML file with the members of TelemetryConfig; the file overrides the environment.
ERGON_API Session start_from_file(const std::string& path, RuntimeOptions options = {});

}  // namespace ergon::inline v0::telemetry
#endif
