#include "telemetry/record/scope_registry.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

#include <ergon/telemetry/tracer.hpp>

#include "base/utf8.hpp"
#include "base/wildcard.hpp"
#include "base/wire.hpp"
#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon::inline v0 {

namespace telemetry {

namespace {

constexpr std::string_view kDefaultLogger = "app";

// The default logger's. Its address is a constant; the registry makes it, and nothing destroys it.
union DefaultScope {
  std::byte none{};
  detail::Scope scope;

  constexpr DefaultScope() noexcept {}
  constexpr ~DefaultScope() {}
};
constinit DefaultScope g_default;

std::string key_of(std::string_view encoded, std::string_view schema_url) {
  std::string key(encoded);
  key.append(1, '\0').append(schema_url);
  return key;
}

std::string encode_scope(std::string_view name, const ScopeOptions& options) {
  std::string encoded;
  if (!name.empty()) base::wire::append_field(encoded, 1, base::repair_utf8(name));
  if (!options.version.empty()) base::wire::append_field(encoded, 2, base::repair_utf8(options.version));
  detail::SpanBody attributes;
  reset_body(attributes);
  append_attributes(attributes, AttributeTag::scope, options.attributes);
  encoded.append(reinterpret_cast<const char*>(attributes.data), attributes.size);
  release_body(attributes);
  return encoded;
}

}  // namespace

ScopeRegistry& ScopeRegistry::instance() {
  static auto* const kRegistry = new ScopeRegistry;  // never destroyed, either
  return *kRegistry;
}

ScopeRegistry::ScopeRegistry() {
  detail::Scope& scope = *new (&g_default.scope) detail::Scope;
  scope.name = kDefaultLogger;
  scope.encoded = encode_scope(kDefaultLogger, {});
  scopes_.emplace(key_of(scope.encoded, {}), &scope);
  loggers_.emplace(&scope, &detail::default_logger);
}

// While the library loads: records of the default logger may come first.
[[maybe_unused]] static const ScopeRegistry* const kMadeAtLoad = &ScopeRegistry::instance();

const detail::Scope& ScopeRegistry::scope_locked(std::string_view name, const ScopeOptions& options,
                                                 std::string encoded) {
  detail::Scope*& scope = scopes_[key_of(encoded, options.schema_url)];
  if (scope == nullptr) {
    scope = new detail::Scope;
    scope->name = base::repair_utf8(name);
    scope->version = base::repair_utf8(options.version);
    scope->schema_url = base::repair_utf8(options.schema_url);
    scope->encoded = std::move(encoded);
    scope->tracer_mode.store(mode_of(scope->name), std::memory_order_relaxed);
  }
  return *scope;
}

const detail::Scope& ScopeRegistry::scope(std::string_view name, const ScopeOptions& options) {
  std::string encoded = encode_scope(name, options);  // walks ranges of the program's, so before the lock
  const std::lock_guard guard(mutex_);
  return scope_locked(name, options, std::move(encoded));
}

const detail::LoggerState& ScopeRegistry::logger(std::string_view name, const ScopeOptions& options) {
  std::string encoded = encode_scope(name, options);
  const std::lock_guard guard(mutex_);
  return logger_locked(scope_locked(name, options, std::move(encoded)));
}

const detail::LoggerState& ScopeRegistry::logger(const detail::Scope& scope) {
  const std::lock_guard guard(mutex_);
  return logger_locked(scope);
}

const detail::LoggerState& ScopeRegistry::logger_locked(const detail::Scope& scope) {
  detail::LoggerState*& logger = loggers_[&scope];
  if (logger == nullptr) {
    logger = new detail::LoggerState{&scope, Level::trace};
    set_level_of(*logger);
  }
  return *logger;
}

detail::TracerMode ScopeRegistry::mode_of(std::string_view tracer) const {
  using detail::TracerMode;
  if (!records_spans_) return TracerMode::identifies;
  const auto names_it = [tracer](const TracerMatcher& one) {
    return base::matches_wildcard(one.name, tracer);
  };
  const auto found = std::ranges::find_if(tracers_.tracers, names_it);
  const TracerConfig& config = found != tracers_.tracers.end() ? found->config : tracers_.default_config;
  return config.enabled ? TracerMode::records : TracerMode::off;
}

void ScopeRegistry::set_tracers(bool records_spans, const TracerConfigurator& configurator) {
  const std::lock_guard guard(mutex_);
  records_spans_ = records_spans;
  tracers_ = configurator;
  for (const auto& [key, scope] : scopes_)
    scope->tracer_mode.store(mode_of(scope->name), std::memory_order_relaxed);
}

Level ScopeRegistry::level_of(std::string_view logger) const {
  for (std::string name(logger);;) {
    if (const auto found = levels_.names.find(name); found != levels_.names.end()) return found->second;
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) return levels_.level;
    name.resize(dot);
  }
}

void ScopeRegistry::set_level_of(detail::LoggerState& logger) const {
  const Level own = level_of(logger.scope->name);
  const bool holds = levels_.replay && *levels_.replay < own && own != Level::off;
  logger.held_below.store(holds ? own : Level::trace);
  logger.level.store(holds ? *levels_.replay : own);
}

void ScopeRegistry::set_levels(LoggerLevels levels) {
  const std::lock_guard guard(mutex_);
  levels_ = std::move(levels);
  for (const auto& [scope, logger] : loggers_) set_level_of(*logger);
}

}  // namespace telemetry

namespace detail {

constinit LoggerState default_logger{&telemetry::g_default.scope, Level::trace};

const Scope& intern_scope(std::string_view name, const ScopeOptions& options) {
  return telemetry::ScopeRegistry::instance().scope(name, options);
}

bool is_tracer_enabled(const Scope& scope) noexcept {
  return scope.tracer_mode.load(std::memory_order_relaxed) == TracerMode::records &&
         telemetry::g_recording.phase.load(std::memory_order_relaxed) != telemetry::Phase::stopped;
}

const LoggerState& intern_logger(std::string_view name, const ScopeOptions& options) {
  return telemetry::ScopeRegistry::instance().logger(name, options);
}

}  // namespace detail
}  // namespace ergon::inline v0
