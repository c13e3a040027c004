#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "telemetry/record/records.hpp"

namespace ergon::telemetry {

/// Appends what lines show of records beyond OTLP (`LineField`). A place in the program is encoded once, and
/// known again by the addresses of its names. One thread.
class LineFields {
 public:
  void append(const LogRecord& record, std::string& out);

 private:
  struct Place {
    const char* file{nullptr};
    const char* function{nullptr};
    std::uint32_t line{0};
    std::string encoded{};
  };

  [[nodiscard]] const std::string& encoded(const std::source_location& source);

  std::array<Place, 256> places_;
};

}  // namespace ergon::telemetry
