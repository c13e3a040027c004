#include "config/declarative_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "config/declarative_tables.hpp"
#include "config/environment_variable.hpp"

namespace ergon::inline v0::config {
namespace {

constexpr int kNewestMinor = 1;

// The minor version of a format 1.x; null for all others.
std::optional<int> minor_of(std::string_view format) {
  constexpr std::string_view kMajor = "1.";
  if (!format.starts_with(kMajor)) return std::nullopt;
  format.remove_prefix(kMajor.size());
  int minor = 0;
  const auto read = std::from_chars(format.data(), format.data() + format.size(), minor);
  if (read.ec != std::errc() || read.ptr != format.data() + format.size() || minor < 0) return std::nullopt;
  return minor;
}

// What others may know: a key under development, or of a distribution.
bool is_of_others(std::string_view path) {
  return path.ends_with("/development\"]") || path == "distribution";
}

class Declaration {
 public:
  Declaration(const Origins& texts, const ReadContext& context, std::string mount)
      : texts_(texts), mount_(std::move(mount)) {
    ReadContext declarative = context;
    declarative.is_declarative = true;
    result_.errors = read_layers(texts, type_of<DeclarativeText>(), &text_, declarative);
  }

  DeclarativeFile result() && {
    check_format();
    tell_unknown_keys();
    for (const auto& [provider, list] :
         {std::pair("tracer_provider", "processors"), std::pair("meter_provider", "readers"),
          std::pair("logger_provider", "processors")})
      check_list(provider, list);
    fill_telemetry();
    mount_parts();
    return std::move(result_);
  }

 private:
  void check_format() {
    const auto minor = minor_of(text_.file_format);
    is_newer_ = minor && *minor > kNewestMinor;
    if (is_newer_)
      result_.warnings.push_back("file_format " + printable(text_.file_format) + " is newer than 1." +
                                 std::to_string(kNewestMinor));
    if (minor || !is_unsaid("file_format")) return;
    complain("file_format", {text_.file_format.empty() ? "no version" : quoted(text_.file_format),
                             R"("1.0" or "1.1", or a newer "1.…")"});
  }

  // What is wrong with it has not been said yet.
  [[nodiscard]] bool is_unsaid(std::string_view path) const {
    return std::ranges::find(result_.errors, path, &ConfigError::path) == result_.errors.end();
  }

  void tell_unknown_keys() {
    const auto is_let_pass = [&](const ConfigError& error) {
      return error.is_unknown_key && (is_newer_ || is_of_others(error.path));
    };
    for (const ConfigError& error : result_.errors) {
      if (is_let_pass(error)) result_.warnings.push_back(error.place() + "an unknown key is ignored");
    }
    std::erase_if(result_.errors, is_let_pass);
  }

  void check_list(const std::string& provider, std::string_view list) {
    if (texts_.is_in_text(provider) && !texts_.is_in_text(member_path(provider, list)))
      complain(provider, {"no " + std::string(list), std::string(list) + ": [...]"});
  }

  void complain(std::string path, Complaint complaint) {
    texts_.add_located(result_.errors, {{.path = std::move(path), .complaint = std::move(complaint)}});
  }

  void fill_telemetry() {
    TelemetryConfig& telemetry = result_.telemetry;
    telemetry.resource = std::move(text_.resource);
    telemetry.propagator = text_.propagator.value_or(PropagatorConfig{});
    if (!texts_.is_in_text("propagator.composite")) telemetry.propagator->composite.clear();
    telemetry.tracing = std::move(text_.tracer_provider);
    telemetry.metrics = std::move(text_.meter_provider);
    if (text_.logger_provider) fill_logging(telemetry.logging.emplace(), *text_.logger_provider);
    if (telemetry.tracing) fill_limits(telemetry.tracing->limits, "tracer_provider.limits");
    if (telemetry.logging) fill_limits(telemetry.logging->limits, "logger_provider.limits");
    result_.is_disabled = text_.disabled;
    const auto told = level_of_severity(text_.log_level);
    result_.tells_of_troubles = !told || *told <= Level::warning;
  }

  static Level level_of(const LoggerConfig& config) {
    return config.enabled ? level_of_severity(config.minimum_severity).value_or(Level::trace) : Level::off;
  }

  static void fill_logging(LoggingConfig& logging, LoggerProvider& provider) {
    OtlpHandler handler;
    handler.level = Level::trace;
    handler.processors = std::move(provider.processors);
    logging.handlers.clear();
    logging.handlers.emplace_back(std::move(handler));
    logging.limits = provider.limits;
    logging.level = level_of(provider.logger_configurator.default_config);
    for (const LoggerMatcher& matcher : provider.logger_configurator.loggers) {
      std::string_view name(matcher.name);
      if (name.ends_with(".*")) name.remove_suffix(2);
      logging.levels.try_emplace(std::string(name), level_of(matcher.config));  // the first counts
    }
  }

  // What is said of all attributes gives way to what is said of a signal's.
  template <class Limits>
  void fill_limits(Limits& limits, const std::string& path) const {
    const GeneralAttributeLimits& general = text_.attribute_limits;
    const auto is_left_out = [&](std::string_view key) { return !texts_.is_in_text(member_path(path, key)); };
    if (general.attribute_value_length_limit && is_left_out("attribute_value_length_limit"))
      limits.attribute_value_length_limit = general.attribute_value_length_limit;
    if (general.attribute_value_depth_limit && is_left_out("attribute_value_depth_limit"))
      limits.attribute_value_depth_limit = *general.attribute_value_depth_limit;
    if (general.attribute_count_limit && is_left_out("attribute_count_limit"))
      limits.attribute_count_limit = *general.attribute_count_limit;
  }

  void mount_parts() {
    constexpr std::array<std::pair<const char*, const char*>, 4> kParts{{{"resource", "resource"},
                                                                         {"propagator", "propagator"},
                                                                         {"tracer_provider", "tracing"},
                                                                         {"meter_provider", "metrics"}}};
    for (const Layer& layer : texts_.layers()) {
      const NodePointer limits = value_of(*layer.root, "attribute_limits");
      for (const char* signal : {"tracing", "logging"})
        mount(layer.source, limits, member_path(member_path(mount_, signal), "limits"));
      for (const auto& [key, place] : kParts)
        mount(layer.source, value_of(*layer.root, key), member_path(mount_, place));
      const NodePointer logs = value_of(*layer.root, "logger_provider");
      if (logs == nullptr) continue;
      const std::string logging = member_path(mount_, "logging");
      mount(layer.source, logs, item_path(member_path(logging, "handlers"), 0) + ".otlp");
      mount(layer.source, value_of(*logs, "limits"), member_path(logging, "limits"));
    }
  }

  void mount(const std::string& source, const NodePointer& part, std::string place) {
    if (part != nullptr) result_.origins.add({source, part, std::move(place)});
  }

  const Origins& texts_;
  std::string mount_;
  DeclarativeText text_;
  bool is_newer_{false};
  DeclarativeFile result_;
};

}  // namespace

std::optional<Level> level_of_severity(std::string_view severity) {
  constexpr std::array kLevels{std::pair("trace", Level::trace), std::pair("debug", Level::debug),
                               std::pair("info", Level::info),   std::pair("warn", Level::warning),
                               std::pair("error", Level::error), std::pair("fatal", Level::critical)};
  const bool has_number = !severity.empty() && severity.back() >= '2' && severity.back() <= '4';
  if (has_number) severity.remove_suffix(1);
  for (std::size_t index = 0; index < kLevels.size(); ++index) {
    if (severity != kLevels[index].first) continue;
    if (!has_number) return kLevels[index].second;
    return index + 1 < kLevels.size() ? kLevels[index + 1].second : Level::off;
  }
  return std::nullopt;
}

bool is_declarative(const Origins& texts) { return texts.is_in_text("file_format"); }

DeclarativeFile read_declarative(const Origins& texts, const ReadContext& context, const std::string& mount) {
  return Declaration(texts, context, mount).result();
}

DeclarativeFile read_declarative_file(const std::string& file, const ReadContext& context,
                                      const std::string& mount) {
  Origins texts;
  ConfigErrors errors;
  load_layers(file, texts, errors);
  if (texts.layers().empty()) return {.errors = std::move(errors)};
  DeclarativeFile result = read_declarative(texts, context, mount);
  texts.add_located(errors, std::move(result.errors));
  result.errors = std::move(errors);
  return result;
}

std::optional<std::string> environment_config_file() { return environment_variable("OTEL_CONFIG_FILE"); }

}  // namespace ergon::inline v0::config
