#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include <ergon/config/level.hpp>
#include <ergon/telemetry/log_call.hpp>
#include <ergon/telemetry/scope.hpp>

namespace ergon::detail {

/// An instrumentation scope; immutable and never destroyed, so records point to it.
struct Scope {
  std::string name;
  std::string version;
  std::string schema_url;
  std::string encoded;  // OTLP's InstrumentationScope message
};

}  // namespace ergon::detail

namespace ergon::telemetry {

/// All scopes and loggers ever asked for. Any thread, by a lock; the objects live for ever.
class ScopeRegistry {
 public:
  [[nodiscard]] static ScopeRegistry& instance();

  const detail::Scope& scope(std::string_view name, const ScopeOptions& options);
  const detail::LoggerState& logger(std::string_view name, const ScopeOptions& options);

  /// Sets the level of all loggers, present and future.
  void set_level(Level level);

  void lock_for_fork() { mutex_.lock(); }
  void unlock_after_fork() { mutex_.unlock(); }

 private:
  const detail::Scope& scope_locked(std::string_view name, const ScopeOptions& options, std::string encoded);

  std::mutex mutex_;
  std::map<std::string, detail::Scope, std::less<>> scopes_;  // key: everything that tells scopes apart
  std::map<const detail::Scope*, detail::LoggerState> loggers_;
  Level level_{Level::trace};  // before a session starts everything is kept
};

}  // namespace ergon::telemetry
