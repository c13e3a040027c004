#pragma once

#include <map>
#include <string>

#include <ergon/config/one_of.hpp>

namespace ergon::inline v0 {

/// Lines for people. In YAML: `text`. What is within a record can't make a second line, and a terminal shows
/// control characters instead of obeying them.
struct TextFormatter {
  /// A line, with fields in braces, a width as {fmt} has them (`{level:<8}`), and `{{` for a brace. `{time}`,
  /// `{level}`, `{logger}`, `{message}`, `{event}`, `{trace_id}`, `{span_id}`, `{thread}` (the system's
  /// number),
  /// `{source}` (file:line), `{exception}` (type: message); `{attributes}`, ` key=value` for each, and
  /// `{context}`, ` trace_id=… span_id=…`, both with the space before them, or nothing; `{pid}`, `{task}`,
  /// `{host}`, `{instance}` and `{resource.KEY}` of the resource.
  std::string format{"[{time}] [{level}] [{logger}] {message}{attributes}{context}"};
  /// As strftime has it, with `%3f`, `%6f` (or `%f`) and `%9f` for the fraction of a second.
  std::string date_format{"%Y-%m-%d %H:%M:%S"};
  /// UTC instead of local time.
  bool utc{false};
};

/// A JSON object a line, for programs. In YAML: `json`.
struct JsonFormatter {
  /// Which fields, and under what names; an empty name is the field's own: `{time: "@timestamp", level: "",
  /// message: ""}`. None: all that a record has, under their own names: time, level, logger, message,
  /// event_name, trace_id, span_id, trace_flags, thread, source, attributes, resource.
  std::map<std::string, std::string> fields{};
};

/// How a log record becomes a line. In YAML a map with one key.
using LogFormatter = OneOf<TextFormatter, JsonFormatter>;
extern template class OneOf<TextFormatter, JsonFormatter>;

}  // namespace ergon::inline v0
