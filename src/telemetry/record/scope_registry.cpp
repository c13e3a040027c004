#include "telemetry/record/scope_registry.hpp"

#include "base/utf8.hpp"
#include "base/wire.hpp"
#include "telemetry/record/record_body.hpp"

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
    at->second = {base::repair_utf8(name), base::repair_utf8(options.version),
                  base::repair_utf8(options.schema_url), std::move(encoded)};
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
  const detail::Scope& scope = scope_locked(name, options, std::move(encoded));
  return loggers_.try_emplace(&scope, &scope, level_).first->second;
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

const LoggerState& intern_logger(std::string_view name, const ScopeOptions& options) {
  return telemetry::ScopeRegistry::instance().logger(name, options);
}

}  // namespace detail
}  // namespace ergon
