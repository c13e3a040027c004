#include "telemetry/record/scope_registry.hpp"

#include <algorithm>

#include <ergon/telemetry/tracer.hpp>

#include "base/utf8.hpp"
#include "base/wildcard.hpp"
#include "base/wire.hpp"
#include "telemetry/record/append_attribute.hpp"
#include "telemetry/record/recording_state.hpp"

namespace ergon {

namespace telemetry {

namespace {

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
  static auto* const kRegistry = new ScopeRegistry;  // never destroyed: static destructors still log
  return *kRegistry;
}

const detail::Scope& ScopeRegistry::scope_locked(std::string_view name, const ScopeOptions& options,
                                                 std::string encoded) {
  std::string key = encoded;
  key.append(1, '\0').append(options.schema_url);
  const auto [at, is_new] = scopes_.try_emplace(std::move(key));
  if (is_new) {
    detail::Scope& scope = at->second;
    scope.name = base::repair_utf8(name);
    scope.version = base::repair_utf8(options.version);
    scope.schema_url = base::repair_utf8(options.schema_url);
    scope.encoded = std::move(encoded);
    scope.tracer_mode.store(mode_of(scope.name), std::memory_order_relaxed);
  }
  return at->second;
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
  return loggers_.try_emplace(&scope, &scope, level_).first->second;
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
  for (auto& [key, scope] : scopes_) scope.tracer_mode.store(mode_of(scope.name), std::memory_order_relaxed);
}

void ScopeRegistry::set_level(Level level) {
  const std::lock_guard guard(mutex_);
  level_ = level;
  for (auto& [scope, logger] : loggers_) logger.level.store(level, std::memory_order_relaxed);
}

}  // namespace telemetry

namespace detail {

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
}  // namespace ergon
