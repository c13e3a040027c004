#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ergon/config/description.hpp>
#include <ergon/config/telemetry_description.hpp>

// OpenTelemetry's declarative configuration, as far as it is not told in this engine's own objects: those of
// tracer and meter providers are TracingConfig and MetricsConfig.
namespace ergon::inline v0::config {

/// The level whose records are the first that a severity lets pass: of `info2` those of warning, as Ergon has
/// one severity of each name. Null: no severity of OpenTelemetry's is called so.
[[nodiscard]] std::optional<Level> level_of_severity(std::string_view severity);

/// Limits of spans and log records that have none of their own.
struct GeneralAttributeLimits {
  std::optional<std::int64_t> attribute_value_length_limit{};
  std::optional<std::int64_t> attribute_value_depth_limit{};
  std::optional<std::int64_t> attribute_count_limit{};
};

struct LoggerConfig {
  bool enabled{true};
  std::string minimum_severity{"trace"};
};

struct LoggerMatcher {
  std::string name{};
  LoggerConfig config{};
};

struct LoggerConfigurator {
  LoggerConfig default_config{};
  std::vector<LoggerMatcher> loggers{};
};

struct LoggerProvider {
  std::vector<LogProcessor> processors{};
  LogRecordLimits limits{};
  LoggerConfigurator logger_configurator{};
};

/// The top level of a file.
struct DeclarativeText {
  std::string file_format{};
  bool disabled{false};
  std::string log_level{"info"};
  ResourceConfig resource{};
  GeneralAttributeLimits attribute_limits{};
  std::optional<PropagatorConfig> propagator{};
  std::optional<TracingConfig> tracer_provider{};
  std::optional<MetricsConfig> meter_provider{};
  std::optional<LoggerProvider> logger_provider{};
};

inline constexpr StringForm kSeverity{
    [](std::string_view text) { return level_of_severity(text).has_value(); },
    "trace, debug, info, warn, error or fatal, or one of these with 2, 3 or 4"};
inline constexpr StringForm kLoggerName{[](std::string_view text) {
                                          if (text.ends_with(".*")) text.remove_suffix(2);
                                          return !text.empty() &&
                                                 text.find_first_of("*?") == std::string_view::npos;
                                        },
                                        "the name of a logger, or NAME.* for those below it"};
inline constexpr Rules kAnyCount{.minimum = 0, .maximum = 65'535};

constexpr auto ergon_describe(Tag<GeneralAttributeLimits>) {
  using Limits = GeneralAttributeLimits;
  return object("Limits of what has none of its own.",
                field<&Limits::attribute_value_length_limit>("attribute_value_length_limit", "Of a value.",
                                                             {.minimum = 0, .maximum = 1'000'000'000}),
                field<&Limits::attribute_value_depth_limit>("attribute_value_depth_limit", "Of a value.",
                                                            {.minimum = 0, .maximum = 30}),
                field<&Limits::attribute_count_limit>("attribute_count_limit", "Of all.", kAnyCount));
}

constexpr auto ergon_describe(Tag<LoggerConfig>) {
  return object(
      "How a logger behaves.", field<&LoggerConfig::enabled>("enabled", "Whether it makes records."),
      field<&LoggerConfig::minimum_severity>("minimum_severity", "Of what it makes.", {.form = &kSeverity}));
}

constexpr auto ergon_describe(Tag<LoggerMatcher>) {
  return object(
      "Loggers by name.",
      field<&LoggerMatcher::name>("name", "Of the scope.", {.required = true, .form = &kLoggerName}),
      field<&LoggerMatcher::config>("config", "How they behave."));
}

constexpr auto ergon_describe(Tag<LoggerConfigurator>) {
  return object("Which loggers are on.",
                field<&LoggerConfigurator::default_config>("default_config", "Of those that no entry names."),
                field<&LoggerConfigurator::loggers>("loggers", "By name."));
}

constexpr auto ergon_describe(Tag<LoggerProvider>) {
  return object("Logs.",
                field<&LoggerProvider::processors>("processors", "Each takes every record.", {.minimum = 1}),
                field<&LoggerProvider::limits>("limits", "What a log record may have."),
                field<&LoggerProvider::logger_configurator>("logger_configurator/development",
                                                            "Which loggers are on."));
}

constexpr auto ergon_describe(Tag<DeclarativeText>) {
  using Text = DeclarativeText;
  return object(
      "OpenTelemetry's declarative configuration.", field<&Text::file_format>("file_format", "Its version."),
      field<&Text::disabled>("disabled", "Whether nothing is on."),
      field<&Text::log_level>("log_level", "Of what the engine tells of itself.", {.form = &kSeverity}),
      field<&Text::resource>("resource", "What describes the process."),
      field<&Text::attribute_limits>("attribute_limits", "Of spans and log records."),
      field<&Text::propagator>("propagator", "How contexts travel."),
      field<&Text::tracer_provider>("tracer_provider", "Traces."),
      field<&Text::meter_provider>("meter_provider", "Metrics."),
      field<&Text::logger_provider>("logger_provider", "Logs."));
}

}  // namespace ergon::inline v0::config
