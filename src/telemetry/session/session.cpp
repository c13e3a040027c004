#include <ergon/telemetry/session.hpp>

#include <ergon/config/telemetry_description.hpp>

#include "base/diagnostic.hpp"
#include "config/extension_registry.hpp"
#include "config/plain_secrets.hpp"
#include "config/read.hpp"
#include "config/signals_environment.hpp"
#include "telemetry/session/engine.hpp"
#include "telemetry/session/file_check.hpp"

namespace ergon::telemetry {

namespace {

std::vector<std::string> printed(std::vector<std::string> errors) {
  for (const std::string& error : errors) base::write_to_stderr("ergon: " + error + "\n");
  return errors;
}

}  // namespace

Session start(TelemetryConfig config, RuntimeOptions options) {
  Session session;
  try {
    const config::Signals signals{config.logging, config.metrics, config.tracing};
    config::Origins none;
    if (!options.config_is_from_file) config::apply_environment(signals, none);
    if (config::is_disabled_by_environment()) config::turn_off(signals);
    auto started = Engine::instance().start(std::move(config), std::move(options), nullptr);
    session.number_ = started.number;
    session.errors_ = printed(std::move(started.errors));
  } catch (const std::exception& error) {
    session.errors_ = printed({error.what()});
  }
  return session;
}

Session start_from_file(const std::string& path, RuntimeOptions options) {
  TelemetryConfig config;
  config::Origins origins;
  config::ConfigErrors errors;
  const config::ReadContext context{config::extension_registries()};
  config::load_layers(path, origins, errors);
  if (!origins.layers().empty())
    origins.add_located(errors,
                        config::read_layers(origins, config::type_of<TelemetryConfig>(), &config, context));
  origins.add_located(errors,
                      check_files(config::type_of<TelemetryConfig>(), &config, {}, config.service_name));
  for (const std::string& warning :
       config::plain_secrets(config::type_of<TelemetryConfig>(), &config, {}, origins))
    base::write_to_stderr("ergon: warning: " + warning + "\n");
  if (!errors.empty()) {
    Session failed;
    for (const config::ConfigError& error : errors) failed.errors_.push_back(error.message());
    failed.errors_ = printed(std::move(failed.errors_));
    return failed;
  }
  config::apply_environment({config.logging, config.metrics, config.tracing}, origins);
  options.config_is_from_file = true;
  return start(std::move(config), std::move(options));
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

}  // namespace ergon::telemetry
