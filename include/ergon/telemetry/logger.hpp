#pragma once

#include <ergon/telemetry/min_level.hpp>

#if defined(ERGON_TELEMETRY_OFF)
#include <ergon/telemetry/off.hpp>
#else

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string_view>
#include <utility>

#include <ergon/telemetry/log_call.hpp>
#include <ergon/telemetry/scope.hpp>

namespace ergon::inline v0 {

namespace detail {

constexpr bool is_compiled(Level level, Level least) noexcept {
  return level >= least && level < Level::off;  // nothing is logged as `off`
}

// Shared by Logger and LoggerWith: the level methods and the one place that checks the level. What a file is
// compiled with is a part of their names, so that no file gets another's.
template <class Derived>
class LevelMethods {
 public:
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void trace(LogText<Args...> text, Args&&... args) const noexcept {
    if constexpr (is_compiled(Level::trace, least))
      log<least>(Level::trace, text, std::forward<Args>(args)...);
  }
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void debug(LogText<Args...> text, Args&&... args) const noexcept {
    if constexpr (is_compiled(Level::debug, least))
      log<least>(Level::debug, text, std::forward<Args>(args)...);
  }
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void info(LogText<Args...> text, Args&&... args) const noexcept {
    if constexpr (is_compiled(Level::info, least)) log<least>(Level::info, text, std::forward<Args>(args)...);
  }
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void warning(LogText<Args...> text, Args&&... args) const noexcept {
    if constexpr (is_compiled(Level::warning, least))
      log<least>(Level::warning, text, std::forward<Args>(args)...);
  }
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void error(LogText<Args...> text, Args&&... args) const noexcept {
    if constexpr (is_compiled(Level::error, least))
      log<least>(Level::error, text, std::forward<Args>(args)...);
  }
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void critical(LogText<Args...> text, Args&&... args) const noexcept {
    if constexpr (is_compiled(Level::critical, least))
      log<least>(Level::critical, text, std::forward<Args>(args)...);
  }
  /// The same with a level that is known at run time.
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void log(Level level, LogText<Args...> text, Args&&... args) const noexcept {
    if (is_compiled(level, least) && self().state_->is_enabled(level)) [[unlikely]]
      self().record(level, text, args...);
  }

  /// In a catch block: a record of level error with what is being handled, of whatever type. Its attributes
  /// `exception.type` (as written in C++) and `exception.message` are those of the semantic conventions
  /// (exceptions/exceptions-logs.md); `ergon.exception.causes` has what it is nested in front of
  /// (`std::throw_with_nested`), each as "type: message", the nearest first, at most 16. Attributes of the
  /// same key given by `with` win. Elsewhere the message is all. Formatted at once, and it allocates:
  /// exceptions cost more.
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void exception(LogText<Args...> text, Args&&... args) const noexcept {
    if (is_compiled(Level::error, least) && self().state_->is_enabled(Level::error)) [[unlikely]]
      self().record_exception(nullptr, text.text, text.source, fmt::make_format_args(args...));
  }
  /// The same of an exception that is at hand, being handled or not.
  template <Level least = Level::ERGON_MIN_LEVEL, class... Args>
  void exception(const std::exception& error, LogText<Args...> text, Args&&... args) const noexcept {
    if (is_compiled(Level::error, least) && self().state_->is_enabled(Level::error)) [[unlikely]]
      self().record_exception(&error, text.text, text.source, fmt::make_format_args(args...));
  }

 private:
  const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
};

}  // namespace detail

/// A logger with what belongs to one call, made by `Logger::with`, `event`, `every_n` and `every`, which may
/// follow each other in any order. It borrows what it is given, so use it in the same expression:
/// `log.with({{"order.id", id}}).info("charged")`.
class [[nodiscard]] LoggerWith : public detail::LevelMethods<LoggerWith> {
 public:
  LoggerWith(const detail::LoggerState& state, const detail::LogDetails& details,
             detail::LogLimit limit = {}) noexcept
      : state_(&state), details_(details), limit_(limit) {}
  LoggerWith(const LoggerWith&) = delete;
  LoggerWith& operator=(const LoggerWith&) = delete;

  /// More attributes; the last value of a key wins.
  LoggerWith with(Attributes attributes) const noexcept {
    return {*state_,
            {.attributes = {attributes.begin(), attributes.size()},
             .outer = details_.attributes.empty() ? details_.outer : &details_,
             .event_name = details_.event_name},
            limit_};
  }
  LoggerWith event(std::string_view name) const noexcept {
    return {
        *state_, {.attributes = details_.attributes, .outer = details_.outer, .event_name = name}, limit_};
  }
  LoggerWith every_n(std::uint64_t n) const noexcept { return {*state_, details_, {.calls = n}}; }
  LoggerWith every(std::chrono::nanoseconds interval) const noexcept {
    return {*state_, details_, {.nanoseconds = interval.count()}};
  }

 private:
  friend class detail::LevelMethods<LoggerWith>;

  bool may_log(std::source_location place) const noexcept {
    if (limit_.calls <= 1 && limit_.nanoseconds <= 0) return true;
    return detail::is_turn(limit_, place, details_.suppressed);
  }
  template <class... Args>
  void record(Level level, detail::LogText<Args...> text, const Args&... args) const noexcept {
    if (may_log(text.source)) detail::record_log(*state_, level, text, details_, args...);
  }
  void record_exception(const std::exception* error, std::string_view text, std::source_location source,
                        fmt::format_args args) const noexcept {
    if (may_log(source))
      detail::record_exception_log({state_, Level::error, text, nullptr, 0, source}, args, details_, error);
  }

  const detail::LoggerState* state_;
  mutable detail::LogDetails details_;  // `suppressed` is set when a call may log
  detail::LogLimit limit_;
};

/// Records log messages under a name. A handle of pointer size: copy it freely, use it from any thread,
/// before a session starts, after it stops and across forks. Format strings are {fmt}'s and checked when
/// compiled; arguments are copied and formatted by another thread, so a call costs a few stores. Each record
/// carries the ids of the thread's current span, and its place in the program (`LoggingConfig::source`). A
/// disabled level costs one relaxed load. Never throws.
class Logger : public detail::LevelMethods<Logger> {
 public:
  explicit constexpr Logger(const detail::LoggerState& state) noexcept : state_(&state) {}

  /// Attributes for one call; see LoggerWith.
  LoggerWith with(Attributes attributes) const noexcept {
    return {*state_, {.attributes = {attributes.begin(), attributes.size()}}};
  }

  /// Makes the record of one call an event of this name, which says what kind of thing happened and so what
  /// attributes there are (specification: logs/data-model.md#field-eventname):
  /// `log.event("order.charged").info("charged {}", id)`. The name is copied; an empty one is none.
  LoggerWith event(std::string_view name) const noexcept { return {*state_, {.event_name = name}}; }

  /// Of the calls of this place in the program only the first and then each n-th is recorded:
  /// `log.every_n(100).info(…)`. Calls are counted over all threads, where the level is on; places are told
  /// apart by file, line and column. The next record says how many were held back (`ergon.log.suppressed`);
  /// those are in no books, and cost a few nanoseconds each. A record that waits for its transaction to fail
  /// (`LoggingConfig::on_error`) has had its turn. 1,024 places are known in a process, never
  /// forgotten; further ones record each call, as 0 and 1 do.
  LoggerWith every_n(std::uint64_t n) const noexcept { return {*state_, {}, {.calls = n}}; }
  /// The same with the first call and then one in each interval: `log.every(1s).info(…)`. A clock is read for
  /// it; intervals of 100 ms and more are kept to a few milliseconds. One that is not above 0 is none.
  LoggerWith every(std::chrono::nanoseconds interval) const noexcept {
    return {*state_, {}, {.nanoseconds = interval.count()}};
  }

  /// Whether a record of this level would be kept now, or held back (`LoggingConfig::on_error`).
  template <Level least = Level::ERGON_MIN_LEVEL>
  [[nodiscard]] bool enabled(Level level) const noexcept {
    return detail::is_compiled(level, least) && state_->is_enabled(level);
  }

 private:
  friend class detail::LevelMethods<Logger>;

  template <class... Args>
  void record(Level level, detail::LogText<Args...> text, const Args&... args) const noexcept {
    detail::record_log(*state_, level, text, detail::NoDetails{}, args...);
  }
  void record_exception(const std::exception* error, std::string_view text, std::source_location source,
                        fmt::format_args args) const noexcept {
    detail::record_exception_log({state_, Level::error, text, nullptr, 0, source}, args, {}, error);
  }

  const detail::LoggerState* state_;
};

/// The logger of a name. May be called at any time, static initialisation included, from any thread. Dots in
/// names make a hierarchy, by which levels are set (`LoggingConfig::levels`, `Session::set_level`).
[[nodiscard]] inline Logger get_logger(std::string_view name, const ScopeOptions& options = {}) {
  return Logger(detail::intern_logger(name, options));
}

/// A logger that need not be asked for, `ergon::log.info("started")`: that of the name `app`. A constant, for
/// static initialisation, too.
[[gnu::visibility("hidden")]]  // else it would keep a shared object from being unloaded
inline constexpr Logger log{detail::default_logger};  // NOLINT(readability-identifier-naming): ergon::log

}  // namespace ergon::inline v0
#endif
