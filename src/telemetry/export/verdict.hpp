#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ergon::inline v0::telemetry {

/// What to do with a request after an answer.
struct Verdict {
  enum class Kind : std::uint8_t {
    delivered,
    retry,
    split,    // larger than the server takes: halve it and send again
    refused,  // for good
  };
  Kind kind{Kind::refused};
  std::uint64_t rejected{0};                 // of a delivered request: partial success
  std::chrono::nanoseconds server_delay{0};  // RetryInfo, Retry-After
  std::string message;
};

}  // namespace ergon::inline v0::telemetry
