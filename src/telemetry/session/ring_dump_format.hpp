#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/version.hpp"

namespace ergon::inline v0::telemetry {

// The file that a crashed worker leaves: the head, the worker's WallClock and OTLP's Resources; then an entry
// for each record, in the order of its ring. All as it lay in memory: only the same build on the same kind of
// machine reads it.

inline constexpr std::array<char, 8> kRingDumpMagic{'E', 'R', 'G', 'R',
                                                    'N', 'G', 'S', '3'};  // and the format's number

/// Of the library, padded.
inline constexpr std::array<char, 16> kRingDumpVersion = [] {
  std::array<char, 16> padded{};
  std::ranges::copy(std::string_view(base::kVersion), padded.begin());
  return padded;
}();

struct RingDumpHead {
  std::array<char, 8> magic;
  std::array<char, 16> version;
  std::uint32_t clock_bytes;
  std::uint32_t span_bytes;  // of a SpanRecord, and of a LogRecord: another build may have others
  std::uint32_t log_bytes;
  std::array<std::uint32_t, 2> resource_bytes;  // of spans and of logs
  std::uint32_t checksum;                       // of the clock and the resources
  std::int64_t process;
};

/// What follows it, in this order.
struct RingDumpEntry {
  std::uint32_t record_bytes;      // with its RecordHeader
  std::uint32_t scope_bytes;       // OTLP's InstrumentationScope message
  std::uint32_t schema_url_bytes;  // of the scope
  std::uint32_t text_bytes;        // of a log whose text is a literal
  std::uint32_t types_bytes;       // of a log's arguments: LogArgumentTypes
  std::uint32_t file_bytes;        // where in the program a log was made: the file's name
  std::uint32_t function_bytes;    // and the function's, as std::source_location has it
  std::uint32_t line_bytes;        // and the line, a std::uint32_t; of all three 0: it is not known
  std::uint32_t checksum;          // of all that follows

  [[nodiscard]] std::array<std::uint32_t, 8> part_sizes() const {
    return {record_bytes, scope_bytes, schema_url_bytes, text_bytes,
            types_bytes,  file_bytes,  function_bytes,   line_bytes};
  }
};

/// FNV-1a, going on from `sum`.
[[nodiscard]] constexpr std::uint32_t checksum_of(std::string_view bytes,
                                                  std::uint32_t sum = 2'166'136'261U) noexcept {
  for (const char byte : bytes) sum = (sum ^ static_cast<std::uint8_t>(byte)) * 16'777'619U;
  return sum;
}

}  // namespace ergon::inline v0::telemetry
