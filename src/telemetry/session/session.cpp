#include <ergon/telemetry/session.hpp>

#include "base/diagnostic.hpp"
#include "config/declarative_file.hpp"
#include "config/signals_environment.hpp"
#include "telemetry/session/engine.hpp"
#include "telemetry/session/load_config.hpp"

namespace ergon::inline v0::telemetry {

namespace {

std::vector<std::string> printed(std::vector<std::string> errors) {
  for (const std::string& error : errors) base::write_to_stderr("ergon: " + error + "\n");
  return errors;
}

// What the environment says has been put into the configuration, but for the switch.
Engine::Started start_engine(TelemetryConfig config, RuntimeOptions options) {
  if (!options.environment_is_ignored && config::is_disabled_by_environment()) {
    config::turn_off({config.logging, config.metrics, config.tracing});
    config.resource.detection = {};
  }
  return Engine::instance().start(std::move(config), std::move(options), nullptr);
}

Engine::Started start_loaded(LoadedConfig loaded, RuntimeOptions options) {
  for (const std::string& warning : loaded.warnings)
    base::write_to_stderr("ergon: warning: " + warning + "\n");
  Engine::Started failed;
  for (const config::ConfigError& error : loaded.errors) failed.errors.push_back(error.message());
  if (!failed.errors.empty()) return failed;
  options.config_is_from_file = true;
  if (loaded.environment_is_ignored) base::tell_diagnostics(loaded.tells_of_troubles);
  else base::tell_diagnostics(std::nullopt);
  options.environment_is_ignored = options.environment_is_ignored || loaded.environment_is_ignored;
  return start_engine(std::move(loaded.telemetry), std::move(options));
}

Engine::Started start_from_code(TelemetryConfig config, RuntimeOptions options) {
  if (options.config_is_from_file || options.environment_is_ignored)
    return start_engine(std::move(config), std::move(options));
  if (const auto file = config::environment_config_file()) {
    if (options.default_service_name.empty()) options.default_service_name = config.service_name;
    LoadedConfig loaded = load_declarative_config(*file, options.default_service_name);
    loaded.telemetry.redact = std::move(config.redact);  // which that file can't say
    loaded.telemetry.delivery = config.delivery;
    return start_loaded(std::move(loaded), std::move(options));
  }
  base::tell_diagnostics(std::nullopt);
  config::Origins none;
  config::apply_environment({config.logging, config.metrics, config.tracing}, none);
  return start_engine(std::move(config), std::move(options));
}

// What throws is an error, too.
template <class Start>
Engine::Started guarded(Start start) {
  try {
    return start();
  } catch (const std::exception& error) {
    return {0, {error.what()}};
  }
}

}  // namespace

Session start(TelemetryConfig config, RuntimeOptions options) {
  auto started = guarded([&] { return start_from_code(std::move(config), std::move(options)); });
  Session session;
  session.number_ = started.number;
  session.errors_ = printed(std::move(started.errors));
  return session;
}

Session start_from_file(const std::string& path, RuntimeOptions options) {
  auto started = guarded([&] {
    LoadedConfig loaded = load_config(path, options.default_service_name);
    return start_loaded(std::move(loaded), std::move(options));
  });
  Session session;
  session.number_ = started.number;
  session.errors_ = printed(std::move(started.errors));
  return session;
}

Session& Session::operator=(Session&& other) noexcept {
  if (this != &other) {
    Engine::instance().shutdown(number_);
    number_ = std::exchange(other.number_, 0);
    errors_ = std::move(other.errors_);
  }
  return *this;
}

Session::~Session() { Engine::instance().shutdown(number_); }

bool Session::flush(std::chrono::milliseconds timeout) { return Engine::instance().flush(number_, timeout); }

bool Session::shutdown(std::chrono::milliseconds timeout) {
  return Engine::instance().shutdown(number_, timeout);
}

bool Session::set_tracers(const TracerConfigurator& configurator) {
  return Engine::instance().set_tracers(number_, configurator);
}

bool Session::set_level(std::string_view logger, Level level) {
  return Engine::instance().set_level(number_, logger, level);
}

Statistics Session::statistics() const { return Engine::instance().statistics(number_); }

}  // namespace ergon::inline v0::telemetry
