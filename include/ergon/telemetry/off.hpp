#pragma once

// The public handles where telemetry is compiled out (ERGON_TELEMETRY_OFF): the same names and signatures,
// empty types, no code. Format strings are still checked. Included by the headers of the real ones, never
// directly.

#include <chrono>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/telemetry_config.hpp>
#include <ergon/telemetry/instrument.hpp>
#include <ergon/telemetry/live_span.hpp>
#include <ergon/telemetry/log_call.hpp>
#include <ergon/telemetry/off_context.hpp>
#include <ergon/telemetry/runtime_options.hpp>
#include <ergon/telemetry/scope.hpp>
#include <ergon/telemetry/span_context.hpp>
#include <ergon/telemetry/statistics.hpp>

namespace ergon::inline v0 {

[[nodiscard]] inline SpanContext current_span_context() noexcept { return {}; }

class [[nodiscard, maybe_unused]] ScopedSpan {
 public:
  ScopedSpan() noexcept = default;
  ScopedSpan(const ScopedSpan&) = delete;
  ScopedSpan& operator=(const ScopedSpan&) = delete;

  void set_attribute(std::string_view, const AttributeValue&) noexcept {}
  void add_event(std::string_view, Attributes = {}, Timestamp = {}) noexcept {}
  void add_link(const SpanContext&, Attributes = {}) noexcept {}
  void set_status(StatusCode, std::string_view = {}) noexcept {}
  void update_name(std::string_view) noexcept {}
  void record_exception(std::string_view, std::string_view, Attributes = {}, std::string_view = {}) noexcept {
  }
  void record_exception(const std::exception&, Attributes = {}) noexcept {}
  void record_current_exception(Attributes = {}) noexcept {}
  void end(Timestamp = {}) noexcept {}
  [[nodiscard]] const SpanContext& context() const noexcept { return detail::kNoContext; }
  [[nodiscard]] bool is_recording() const noexcept { return false; }
};

namespace detail {
inline void record_passing_exception(ScopedSpan&) noexcept {}
}  // namespace detail

class [[nodiscard, maybe_unused]] SpanScope {
 public:
  explicit SpanScope(const SpanContext&) noexcept {}
  SpanScope(const SpanScope&) = delete;
  SpanScope& operator=(const SpanScope&) = delete;
};

class [[nodiscard, maybe_unused]] Span {
 public:
  Span() noexcept = default;
  Span(Span&&) noexcept = default;
  Span& operator=(Span&&) noexcept = default;

  void set_attribute(std::string_view, const AttributeValue&) noexcept {}
  void add_event(std::string_view, Attributes = {}, Timestamp = {}) noexcept {}
  void add_link(const SpanContext&, Attributes = {}) noexcept {}
  void set_status(StatusCode, std::string_view = {}) noexcept {}
  void update_name(std::string_view) noexcept {}
  void record_exception(std::string_view, std::string_view, Attributes = {}, std::string_view = {}) noexcept {
  }
  void record_exception(const std::exception&, Attributes = {}) noexcept {}
  void record_current_exception(Attributes = {}) noexcept {}
  void end(Timestamp = {}) noexcept {}
  [[nodiscard]] SpanScope make_current() const noexcept { return SpanScope(context()); }
  [[nodiscard]] SpanContext context() const noexcept { return {}; }
  [[nodiscard]] bool is_recording() const noexcept { return false; }
};

class Tracer {
 public:
  [[nodiscard]] ScopedSpan scoped_span(std::string_view, Attributes = {},
                                       const SpanOptions& = {}) const noexcept {
    return {};
  }
  [[nodiscard]] Span start_span(std::string_view, Attributes = {}, const SpanOptions& = {}) const noexcept {
    return {};
  }
  [[nodiscard]] bool enabled() const noexcept { return false; }
};

[[nodiscard]] inline Tracer get_tracer(std::string_view, const ScopeOptions& = {}) { return {}; }

namespace detail {

class SilentLevels {
 public:
  template <class... Args>
  void trace(LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void debug(LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void info(LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void warning(LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void error(LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void critical(LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void log(Level, LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void exception(LogText<Args...>, Args&&...) const noexcept {}
  template <class... Args>
  void exception(const std::exception&, LogText<Args...>, Args&&...) const noexcept {}
};

}  // namespace detail

class [[nodiscard, maybe_unused]] LoggerWith : public detail::SilentLevels {
 public:
  LoggerWith() noexcept = default;
  LoggerWith(const LoggerWith&) = delete;
  LoggerWith& operator=(const LoggerWith&) = delete;

  LoggerWith with(Attributes) const noexcept { return {}; }
  LoggerWith event(std::string_view) const noexcept { return {}; }
  LoggerWith every_n(std::uint64_t) const noexcept { return {}; }
  LoggerWith every(std::chrono::nanoseconds) const noexcept { return {}; }
};

class Logger : public detail::SilentLevels {
 public:
  LoggerWith with(Attributes) const noexcept { return {}; }
  LoggerWith event(std::string_view) const noexcept { return {}; }
  LoggerWith every_n(std::uint64_t) const noexcept { return {}; }
  LoggerWith every(std::chrono::nanoseconds) const noexcept { return {}; }
  [[nodiscard]] bool enabled(Level) const noexcept { return false; }
};

[[nodiscard]] inline Logger get_logger(std::string_view, const ScopeOptions& = {}) { return {}; }

inline constexpr Logger log{};

}  // namespace ergon::inline v0

#include <ergon/telemetry/off_metrics.hpp>

namespace ergon::inline v0 {

namespace telemetry {

/// Always active, always empty.
class [[nodiscard, maybe_unused]] Session {
 public:
  Session() noexcept = default;
  Session(Session&&) noexcept = default;
  Session& operator=(Session&&) noexcept = default;
  [[nodiscard]] explicit operator bool() const noexcept { return true; }
  [[nodiscard]] std::vector<std::string> errors() const { return {}; }
  bool flush(std::chrono::milliseconds) { return true; }
  bool shutdown(std::chrono::milliseconds) { return true; }
  bool set_tracers(const TracerConfigurator&) { return true; }
  bool set_level(std::string_view, Level) { return true; }
  [[nodiscard]] Statistics statistics() const { return {}; }
};

inline Session start(const TelemetryConfig& = {}, const RuntimeOptions& = {}) { return {}; }
inline Session start_from_file(const std::string&, const RuntimeOptions& = {}) { return {}; }

}  // namespace telemetry
}  // namespace ergon::inline v0
