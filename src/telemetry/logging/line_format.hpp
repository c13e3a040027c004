#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <ergon/config/log_formatters.hpp>

#include "telemetry/logging/log_view.hpp"

namespace ergon::inline v0::telemetry {

/// Makes lines of log records, each with its end. One thread.
class LineFormat {
 public:
  virtual ~LineFormat() = default;
  virtual void append(std::string& out, const LogView& log) = 0;
};

/// What all lines have in common.
struct LineContext {
  std::string_view resource;  // OTLP's Resource
  bool has_colours{false};    // on a terminal
};

[[nodiscard]] std::unique_ptr<LineFormat> make_line_format(const LogFormatter& formatter,
                                                           const LineContext& context);

/// What is wrong with the format of a text line, for people; nothing when it is right.
[[nodiscard]] std::optional<std::string> find_format_error(std::string_view format);

/// Whether a JSON line has such a field.
[[nodiscard]] bool is_json_field(std::string_view name);

}  // namespace ergon::inline v0::telemetry
