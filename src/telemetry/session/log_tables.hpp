#pragma once

#include <cstdint>
#include <string_view>

#include <ergon/config/description.hpp>
#include <ergon/config/extension.hpp>
#include <ergon/config/log_files.hpp>
#include <ergon/config/log_formatters.hpp>
#include <ergon/config/logging_config.hpp>

#include "base/regular_expression.hpp"
#include "telemetry/logging/date_format.hpp"
#include "telemetry/logging/line_format.hpp"
#include "telemetry/session/file_tables.hpp"
#include "telemetry/session/tracer_tables.hpp"

// Of lines and the files that they go to: tables as those of config_description.cpp, a part of which they
// are.
namespace ergon::inline v0 {

inline constexpr config::StringForm kLineFormat{
    [](std::string_view text) { return !telemetry::find_format_error(text); },
    "text with {time}, {level}, {logger}, {message}, {event}, {trace_id}, {span_id}, {context}, "
    "{attributes}, "
    "{exception}, {thread}, {source}, {pid}, {task}, {host}, {instance} or {resource.KEY}, and {{ for a "
    "brace"};
inline constexpr config::StringForm kDateFormat{
    &telemetry::DateFormat::is_valid,
    "strftime's directives, and %3f, %6f, %9f for the fraction of a second"};
inline constexpr config::StringForm kJsonField{&telemetry::is_json_field,
                                               "time, level, logger, message, event_name, trace_id, span_id, "
                                               "trace_flags, thread, source, attributes, resource"};
inline constexpr config::StringForm kRegularExpression{&base::RegularExpression::is_valid,
                                                       "a regular expression (RE2)"};

inline constexpr config::Rules kFormatterName{.key_of = "formatters", .built_in = "text json"};

constexpr auto ergon_describe(config::Tag<LogRecordLimits>) {
  using Limits = LogRecordLimits;
  return config::object(
      "What a log record may have; what is beyond it is left out and counted.",
      config::field<&Limits::attribute_value_length_limit>(
          "attribute_value_length_limit", "Characters of a string, bytes of bytes; without: any length.",
          {.unit = "{character}", .minimum = 0, .maximum = kLongestValue}),
      config::field<&Limits::attribute_value_depth_limit>(
          "attribute_value_depth_limit", "Arrays and maps inside each other; deeper ones are empty.",
          {.minimum = 0, .maximum = kDeepestValue}),
      config::field<&Limits::attribute_count_limit>("attribute_count_limit", "Attributes of a record.",
                                                    {.minimum = 0, .maximum = kMostCounted}));
}

constexpr auto ergon_describe(config::Tag<TextFormatter>) {
  return config::object(
      "Lines for people.",
      config::field<&TextFormatter::format>("format", "A line, with fields in braces.",
                                            {.form = &kLineFormat}),
      config::field<&TextFormatter::date_format>("date_format", "Of {time}.", {.form = &kDateFormat}),
      config::field<&TextFormatter::utc>("utc", "UTC instead of local time."));
}

constexpr auto ergon_describe(config::Tag<JsonFormatter>) {
  return config::object(
      "A JSON object a line, for programs.",
      config::field<&JsonFormatter::fields>("fields", "Which fields, and under what names; none: all.",
                                            {.keys = &kJsonField}));
}

constexpr auto ergon_describe(config::Tag<LogFormatter>) {
  return config::one_of("How a log record becomes a line.",
                        config::alternative<LogFormatter, TextFormatter>("text"),
                        config::alternative<LogFormatter, JsonFormatter>("json"));
}

constexpr auto ergon_describe(config::Tag<MatchFilter>) {
  return config::object(
      "Passes the records that are as all of this says.",
      config::field<&MatchFilter::loggers>("loggers", "Names, with * and ?: one of these."),
      config::field<&MatchFilter::min_level>("min_level", "The lowest level."),
      config::field<&MatchFilter::max_level>("max_level", "The highest level."),
      config::field<&MatchFilter::message>("message", "A regular expression, found in the message.",
                                           {.form = &kRegularExpression}),
      config::field<&MatchFilter::attributes>("attributes", "Attributes and their values, with * and ?."),
      config::field<&MatchFilter::invert>("invert", "Passes the others instead."));
}

constexpr auto ergon_describe(config::Tag<RateFilter>) {
  return config::object("Passes so many records a second at most.",
                        config::field<&RateFilter::records_per_second>(
                            "records_per_second", "With as many at once as a second allows.",
                            {.unit = "{record}/s", .minimum = 0.001, .maximum = 1e9}));
}

constexpr auto ergon_describe(config::Tag<LogFilterConfig>) {
  return config::one_of("Which records a handler takes.",
                        config::alternative<LogFilterConfig, MatchFilter>("match"),
                        config::alternative<LogFilterConfig, RateFilter>("rate"),
                        config::registered<LogFilterConfig, Custom>(detail::kLogFilters));
}

constexpr auto ergon_describe(config::Tag<RedactConfig>) {
  return config::object(
      "What leaves the process under no circumstances, in logs and spans.",
      config::field<&RedactConfig::keys>("keys", "Of attributes, with * and ?: the whole value is replaced."),
      config::field<&RedactConfig::patterns>("patterns", "Regular expressions: what they match is replaced.",
                                             {.form = &kRegularExpression}),
      config::field<&RedactConfig::replacement>("replacement", "What stands in its place."));
}

constexpr auto ergon_describe(config::Tag<ReplayOnError>) {
  return config::object(
      "Records below the levels, emitted if their transaction fails.",
      config::field<&ReplayOnError::replay>("replay", "The lowest level of what is held back."),
      config::field<&ReplayOnError::keep>("keep", "The last so many of a transaction.",
                                          {.unit = "{record}", .minimum = 1, .maximum = 100'000}));
}

constexpr auto ergon_describe(config::Tag<FileMode>) {
  return config::enumeration("Whether a file that is there is gone on with.",
                             config::name("append", FileMode::append),
                             config::name("truncate", FileMode::truncate));
}

constexpr auto ergon_describe(config::Tag<RotateWhen>) {
  return config::enumeration("When a new file begins.", config::name("S", RotateWhen::seconds),
                             config::name("M", RotateWhen::minutes), config::name("H", RotateWhen::hours),
                             config::name("D", RotateWhen::days),
                             config::name("midnight", RotateWhen::midnight));
}

// What all handlers of lines have, and what those to files have.
template <class Handler>
constexpr auto level_field() {
  return config::field<&Handler::level>("level", "The handler's own threshold.");
}
template <class Handler>
constexpr auto formatter_field() {
  return config::field<&Handler::formatter>("formatter", "text, json, or a name in formatters.",
                                            kFormatterName);
}
template <class Handler>
constexpr auto filters_field() {
  return config::field<&Handler::filters>("filters", "Names in filters: a record must pass them all.",
                                          {.key_of = "filters"});
}
template <class Handler>
constexpr auto filename_field(const config::StringForm& form) {
  return config::field<&Handler::filename>("filename", "With {pid}, {task} and {timestamp} filled in.",
                                           {.form = &form});
}
template <class Handler>
constexpr auto mode_field() {
  return config::field<&Handler::mode>("mode", "Whether a file that is there is gone on with.");
}
constexpr auto ergon_describe(config::Tag<FileHandler>) {
  return config::object("Appends log records to a file.", level_field<FileHandler>(),
                        formatter_field<FileHandler>(), filters_field<FileHandler>(),
                        filename_field<FileHandler>(kLogFilename), mode_field<FileHandler>(),
                        permissions_field<FileHandler>());
}

constexpr auto ergon_describe(config::Tag<JsonHandler>) {
  return config::object("JSON, an object a line, to a file or to standard output.",
                        level_field<JsonHandler>(), formatter_field<JsonHandler>(),
                        filters_field<JsonHandler>(), filename_field<JsonHandler>(kLogFilenameOrNone),
                        mode_field<JsonHandler>(), permissions_field<JsonHandler>());
}

constexpr auto ergon_describe(config::Tag<RotatingFileHandler>) {
  return config::object("A file that is put aside when it is full.", level_field<RotatingFileHandler>(),
                        formatter_field<RotatingFileHandler>(), filters_field<RotatingFileHandler>(),
                        filename_field<RotatingFileHandler>(kLogFilename),
                        max_bytes_field<RotatingFileHandler>(1), backup_count_field<RotatingFileHandler>(),
                        max_total_bytes_field<RotatingFileHandler>(), mode_field<RotatingFileHandler>(),
                        permissions_field<RotatingFileHandler>());
}

constexpr auto ergon_describe(config::Tag<TimedRotatingFileHandler>) {
  using Timed = TimedRotatingFileHandler;
  return config::object("A file that is put aside when its time is over.", level_field<Timed>(),
                        formatter_field<Timed>(), filters_field<Timed>(), filename_field<Timed>(kLogFilename),
                        config::field<&Timed::when>("when", "When a new file begins."),
                        config::field<&Timed::interval>("interval", "A new file every so many of them.",
                                                        {.minimum = 1, .maximum = 10'000}),
                        backup_count_field<Timed>(), max_bytes_field<Timed>(0),
                        max_total_bytes_field<Timed>(), mode_field<Timed>(), permissions_field<Timed>());
}

}  // namespace ergon::inline v0
