#pragma once

#include <string>
#include <vector>

#include "telemetry/logging/line_format.hpp"

namespace ergon::telemetry {

/// A JSON object a line. Fields that a record has not are left out.
class JsonLine final : public LineFormat {
 public:
  JsonLine(const JsonFormatter& formatter, const LineContext& context);

  void append(std::string& out, const LogView& log) override;

 private:
  struct Field {
    std::string key;                                       // with its quotes and colon
    bool (*append)(std::string& out, const LogView& log);  // a value; false: there is none
    std::string constant{};                                // the value, where `append` is null
  };

  std::vector<Field> fields_;
};

}  // namespace ergon::telemetry
