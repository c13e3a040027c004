#pragma once

#include <cstdint>
#include <limits>

namespace ergon::inline v0::telemetry {

// Less than the specification's 64: protobuf receivers refuse a whole request nested deeper than 100
// messages, and a map takes three a level (docs/adr/0008).
inline constexpr int kValueDepthLimit = 30;

/// How much of a list of attributes is kept (specification: common/README.md#attribute-limits). Eight bytes,
/// so that a recording thread reads it whole with one load.
struct AttributeLimits {
  static constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t value_length{
      kNoLimit};  // characters of a string, bytes of bytes; inside of arrays and maps, too
  std::uint16_t count{128};
  std::uint8_t depth{kValueDepthLimit};  // of arrays and maps inside each other; deeper ones are empty
};
static_assert(sizeof(AttributeLimits) == 8);

}  // namespace ergon::inline v0::telemetry
