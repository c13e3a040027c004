#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/logging/line_format.hpp"
#include "telemetry/logging/source_text.hpp"
#include "telemetry/logging/time_text.hpp"

namespace ergon::inline v0::telemetry {

/// A JSON object a line. Fields that a record has not are left out.
class JsonLine final : public LineFormat {
 public:
  JsonLine(const JsonFormatter& formatter, const LineContext& context);

  void append(std::string& out, const LogView& log) override;

  /// Whether there is such a field.
  [[nodiscard]] static bool has_field(std::string_view name);

  /// Appends a value; false: there is none.
  using Write = bool (*)(JsonLine& line, std::string& out, const LogView& log);

 private:
  struct Field {
    std::string text;  // a comma, the key and a colon; and the value, where `write` is null
    Write write;
  };
  struct Writers;

  std::vector<Field> fields_;
  UtcTimeText time_;
  SourceText sources_;
};

}  // namespace ergon::inline v0::telemetry
