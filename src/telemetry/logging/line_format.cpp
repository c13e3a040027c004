#include "telemetry/logging/line_format.hpp"

#include <variant>

#include "telemetry/logging/json_line.hpp"
#include "telemetry/logging/text_line.hpp"

namespace ergon::inline v0::telemetry {

std::unique_ptr<LineFormat> make_line_format(const LogFormatter& formatter, const LineContext& context) {
  if (const auto* json = formatter.get_if<JsonFormatter>()) return std::make_unique<JsonLine>(*json, context);
  return std::make_unique<TextLine>(formatter.get<TextFormatter>(), context);
}

}  // namespace ergon::inline v0::telemetry
