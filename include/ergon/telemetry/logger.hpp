#pragma once

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <fmt/core.h>

#include <string_view>
#include <utility>

#include <ergon/telemetry/log_call.hpp>
#include <ergon/telemetry/scope.hpp>

namespace ergon {

namespace detail {

// Shared by Logger and LoggerWith: the six level methods and the one place that checks the level.
template <class Derived>
class LevelMethods {
 public:
  template <class... Args>
  void trace(LogText<Args...> text, Args&&... args) const noexcept {
    self().log(Level::trace, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void debug(LogText<Args...> text, Args&&... args) const noexcept {
    self().log(Level::debug, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void info(LogText<Args...> text, Args&&... args) const noexcept {
    self().log(Level::info, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void warning(LogText<Args...> text, Args&&... args) const noexcept {
    self().log(Level::warning, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void error(LogText<Args...> text, Args&&... args) const noexcept {
    self().log(Level::error, text, std::forward<Args>(args)...);
  }
  template <class... Args>
  void critical(LogText<Args...> text, Args&&... args) const noexcept {
    self().log(Level::critical, text, std::forward<Args>(args)...);
  }

 private:
  const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
};

}  // namespace detail

/// A logger with attributes for one call, made by `Logger::with`. It borrows them, so use it in the same
/// expression: `log.with({{"order.id", id}}).info("charged")`.
class [[nodiscard]] LoggerWith : public detail::LevelMethods<LoggerWith> {
 public:
  LoggerWith(const detail::LoggerState& state, Attributes attributes) noexcept
      : state_(&state), attributes_(attributes) {}
  LoggerWith(const LoggerWith&) = delete;
  LoggerWith& operator=(const LoggerWith&) = delete;

  template <class... Args>
  void log(Level level, detail::LogText<Args...> text, Args&&... args) const noexcept {
    if (state_->is_enabled(level)) [[unlikely]] {
      detail::record_log(*state_, level, text, attributes_, std::forward<Args>(args)...);
    }
  }

 private:
  const detail::LoggerState* state_;
  Attributes attributes_;
};

/// Records log messages under a name. A handle of pointer size: copy it freely, use it from any thread,
/// before a session starts, after it stops and across forks. Format strings are {fmt}'s and checked when
/// compiled; arguments are copied and formatted by another thread, so a call costs a few stores. Each record
/// carries the ids of the thread's current span. A disabled level costs one relaxed load. Never throws.
class Logger : public detail::LevelMethods<Logger> {
 public:
  explicit Logger(const detail::LoggerState& state) noexcept : state_(&state) {}

  template <class... Args>
  void log(Level level, detail::LogText<Args...> text, Args&&... args) const noexcept {
    if (state_->is_enabled(level)) [[unlikely]] {
      detail::record_log(*state_, level, text, {}, std::forward<Args>(args)...);
    }
  }

  /// Attributes for one call; see LoggerWith.
  LoggerWith with(Attributes attributes) const noexcept { return {*state_, attributes}; }

  /// Whether a record of this level would be kept now.
  [[nodiscard]] bool enabled(Level level) const noexcept { return state_->is_enabled(level); }

 private:
  const detail::LoggerState* state_;
};

/// The logger of a name. May be called at any time, static initialisation included, from any thread.
[[nodiscard]] inline Logger get_logger(std::string_view name, const ScopeOptions& options = {}) {
  return Logger(detail::intern_logger(name, options));
}

}  // namespace ergon
#endif
