#include "telemetry/session/load_config.hpp"

#include <iterator>
#include <utility>

#include <ergon/config/telemetry_description.hpp>

#include "config/declarative_file.hpp"
#include "config/extension_registry.hpp"
#include "config/plain_secrets.hpp"
#include "config/read.hpp"
#include "config/signals_environment.hpp"
#include "telemetry/session/file_check.hpp"

namespace ergon::inline v0::telemetry {
namespace {

// What is wrong, or better changed, with the values as a whole.
void check(LoadedConfig& loaded, const config::Origins& origins, const std::string& service_name) {
  const config::TypeDescription& type = config::type_of<TelemetryConfig>();
  const std::string& name = service_name.empty() ? loaded.telemetry.service_name : service_name;
  origins.add_located(loaded.errors, check_files(type, &loaded.telemetry, {}, name));
  auto secrets = config::plain_secrets(type, &loaded.telemetry, {}, origins);
  loaded.warnings.insert(loaded.warnings.end(), std::make_move_iterator(secrets.begin()),
                         std::make_move_iterator(secrets.end()));
}

LoadedConfig from_declarative(config::DeclarativeFile file) {
  return {.telemetry = std::move(file.telemetry),
          .environment_is_ignored = true,
          .tells_of_troubles = file.tells_of_troubles,
          .errors = std::move(file.errors),
          .warnings = std::move(file.warnings)};
}

// Where a declarative file says so, and where no text has a section: that is then nothing, not the console.
void turn_off_if(bool is_disabled, TelemetryConfig& telemetry) {
  if (!is_disabled && (telemetry.logging || telemetry.metrics || telemetry.tracing)) return;
  config::turn_off({telemetry.logging, telemetry.metrics, telemetry.tracing});
  telemetry.resource.detection = {};
}

}  // namespace

LoadedConfig load_declarative_config(const std::string& path, const std::string& service_name) {
  const config::ReadContext context{config::extension_registries()};
  config::DeclarativeFile file = config::read_declarative_file(path, context);
  const config::Origins origins = std::move(file.origins);
  const bool is_disabled = file.is_disabled;
  LoadedConfig loaded = from_declarative(std::move(file));
  check(loaded, origins, service_name);
  turn_off_if(is_disabled, loaded.telemetry);
  return loaded;
}

LoadedConfig load_config(const std::string& path, const std::string& service_name) {
  const config::ReadContext context{config::extension_registries()};
  config::Origins texts;
  config::ConfigErrors errors;
  config::load_layers(path, texts, errors);
  if (texts.layers().empty()) return {.errors = std::move(errors)};
  if (config::is_declarative(texts)) return load_declarative_config(path, service_name);
  LoadedConfig loaded;
  config::Origins origins;
  bool is_disabled = false;
  if (const auto declarative = config::environment_config_file()) {
    config::DeclarativeFile file = config::read_declarative_file(*declarative, context);
    origins = std::move(file.origins);
    is_disabled = file.is_disabled;
    loaded = from_declarative(std::move(file));
  }
  for (const config::Layer& layer : texts.layers()) origins.add(layer);
  origins.add_located(loaded.errors, std::move(errors));
  origins.add_located(loaded.errors, config::read_layers(texts, config::type_of<TelemetryConfig>(),
                                                         &loaded.telemetry, context));
  check(loaded, origins, service_name);
  if (loaded.environment_is_ignored) turn_off_if(is_disabled, loaded.telemetry);
  else if (loaded.errors.empty())
    config::apply_environment({loaded.telemetry.logging, loaded.telemetry.metrics, loaded.telemetry.tracing},
                              origins);
  return loaded;
}

}  // namespace ergon::inline v0::telemetry
