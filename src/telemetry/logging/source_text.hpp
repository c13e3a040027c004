#pragma once

#include <array>
#include <cstdint>
#include <source_location>
#include <string>

namespace ergon::inline v0::telemetry {

/// The JSON of places in the program: `{"file":…,"line":…,"function":…}`. Each is made once, and known again
/// by the addresses of its names. One thread.
class SourceText {
 public:
  [[nodiscard]] const std::string& json_of(const std::source_location& source);

 private:
  struct Place {
    const char* file{nullptr};
    const char* function{nullptr};
    std::uint32_t line{0};
    std::string json{};
  };

  std::array<Place, 256> places_;
};

}  // namespace ergon::inline v0::telemetry
