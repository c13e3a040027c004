#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ergon::inline v0::telemetry {

/// Times as text by strftime's directives, and `%3f`, `%6f` (or `%f`) and `%9f` for the milli-, micro- and
/// nanoseconds within the second. Asks the C library once a second of log time. One thread.
class DateFormat {
 public:
  DateFormat(std::string_view format, bool is_utc);

  void append(std::string& out, std::uint64_t unix_nanoseconds);

  /// Whether all directives are known, and none makes more than a line.
  [[nodiscard]] static bool is_valid(std::string_view format);

 private:
  struct Piece {
    std::string format;  // strftime's
    unsigned digits{0};  // of the second's fraction behind it
    std::string text{};  // of the second that was asked for last
  };

  void render(std::uint64_t second);

  bool is_utc_;
  std::vector<Piece> pieces_;
  std::uint64_t second_{UINT64_MAX};
};

}  // namespace ergon::inline v0::telemetry
